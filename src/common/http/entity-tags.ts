import { type FastifyReply, type FastifyRequest } from 'fastify';
import { entityTag, type Revised } from '../precondition.js';

const tags = new WeakMap<object, string>();

/** Notes which state of which thing an answer shows; it goes out as `ETag` when the thing is all that is answered. */
export function taggedBy<T extends object>(thing: Revised, answer: T): T {
  return tagged(entityTag(thing), answer);
}

export function tagged<T extends object>(tag: string, answer: T): T {
  tags.set(answer, tag);
  return answer;
}

/** The tag of what stands in the envelope of an answer; undefined for lists and for what has none. */
export function tagOf(body: unknown): string | undefined {
  const data = (body as { readonly data?: unknown } | null | undefined)?.data;
  return typeof data === 'object' && data !== null ? tags.get(data) : undefined;
}

/** A hook before the answer is written. What a DELETE shows is no longer there to be changed. */
export function sendEntityTag(
  request: FastifyRequest,
  reply: FastifyReply,
  body: unknown,
  done: (error: null, body: unknown) => void,
): void {
  const tag = request.method === 'DELETE' ? undefined : tagOf(body);
  if (tag !== undefined) {
    reply.header('etag', tag);
  }
  done(null, body);
}
