import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type FlatQuerySpec } from '../../common/query/index.js';
import { type RuleAuthor } from './rule-change.js';

/** The query of every route that can lock out who asks. */
export const FORCE_QUERY = {
  force: {
    kind: 'choice',
    values: ['true', 'false'],
    default: 'false',
    description: 'Do it even if that locks you out',
    example: 'true',
  },
} as const satisfies FlatQuerySpec;

/** Who changes rules, and how: for routes that declare `FORCE_QUERY`. */
export const Author = createParamDecorator((_: unknown, context: ExecutionContext): RuleAuthor => {
  const { principal, method, url, raw, parsedQuery } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!principal) {
    throw new Error('This route has no such caller.');
  }
  const force = (parsedQuery as { force?: string } | undefined)?.force === 'true';
  return { principal, force, request: { method, url, rawHeaders: raw.rawHeaders } };
});
