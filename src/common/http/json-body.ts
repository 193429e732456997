import { type FastifyInstance } from 'fastify';
import { InvalidSyntaxError } from '../errors/index.js';

/** Far deeper than any body of ours; what is deeper only tries what recursion bears. */
const DEPTH_MAX = 32;

/** JSON is the one format; an empty body is no body, whatever its type says (clients send the header on every call). */
export function acceptJsonOnly(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body === '') {
      done(null, undefined);
      return;
    }
    void parse(request, body, (error, value: unknown) => {
      const problem = error ? 'The body is not valid JSON.' : problemOf(value);
      done(problem === null ? null : new InvalidSyntaxError(problem), value);
    });
  });
}

function problemOf(value: unknown): string | null {
  return isDeeperThan(value, DEPTH_MAX) ? `The body is nested more than ${DEPTH_MAX} levels deep.` : null;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}
