import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { InvalidInputError } from '../errors/index.js';
import { Precondition } from '../precondition.js';

/** Stands for a tag while the rest is read; no header can hold it. */
const MARK = '\0';
/** RFC 9110 §8.8.3. */
const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/** The state that the caller builds its change on, from `If-Match`; without the header any state is right. */
export const IfMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext): Precondition =>
    readIfMatch(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
  [
    (target, key) => {
      const handler = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
      if (key !== undefined && handler) {
        ApiExtension('x-if-match', true)(target, key, handler);
      }
    },
  ],
);

/** `*` or a list of tags (RFC 9110 §13.1.1). @throws InvalidInputError when it is neither */
export function readIfMatch(header: string | undefined): Precondition {
  if (header === undefined || header.trim() === '*') {
    return Precondition.NONE;
  }
  const tags: string[] = [];
  const rest = header.replaceAll(TAG, (tag) => {
    tags.push(tag);
    return MARK;
  });
  const wellFormed = rest.split(',').every((part) => ['', MARK].includes(part.trim()));
  if (tags.length === 0 || !wellFormed) {
    throw new InvalidInputError(
      'If-Match is not well formed. Send the ETag of an answer as it came, quotes included, or several with commas, or *.',
      { source: '/header/If-Match' },
    );
  }
  return Precondition.oneOf(tags);
}
