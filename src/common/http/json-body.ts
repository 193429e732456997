import { isUtf8 } from 'node:buffer';
import { type FastifyInstance } from 'fastify';
import { InvalidSyntaxError } from '../errors/index.js';

/** Far deeper than any body of ours; what is deeper only tries what recursion bears. */
const DEPTH_MAX = 32;

/** JSON is the one format; an empty body is no body, whatever its type says (clients send the header on every call). */
export function acceptJsonOnly(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    if (!isUtf8(body)) {
      // Read as text, other bytes would become marks of replacement and be stored as such.
      done(new InvalidSyntaxError('The body is not UTF-8.'));
      return;
    }
    const text = body.toString();
    void parse(request, text, (error, value: unknown) => {
      const problem = error ? problemOfSyntax(text) : problemOf(value);
      done(problem === null ? null : new InvalidSyntaxError(problem), value);
    });
  });
}

/** What cannot be read although it is JSON names what no object may have. */
function problemOfSyntax(text: string): string {
  try {
    JSON.parse(text);
    return 'The body has a key that is never accepted: __proto__, or constructor with a prototype.';
  } catch {
    return 'The body is not valid JSON.';
  }
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
