import { createHmac } from 'node:crypto';
import { type FastifyRequest } from 'fastify';
import { creatorOf, type Principal } from '../../access/index.js';
import { canonicalJson } from '../../common/canonical-json.js';
import { doorOf } from '../../common/http/door.js';
import { InvalidIdempotencyKeyError } from './idempotency.errors.js';

const KEY = /^[\x21-\x7e]{1,255}$/;
/** Signing in is repeated on purpose, and its answer is nobody's to keep. */
const SIGN_IN = '/v1/auth/';

/** One request that may be sent again under its key. Neither the key nor the body can be found out from it. */
export interface KeyedRequest {
  readonly hubId: string;
  /** Who asks for what under which key. */
  readonly digest: Buffer;
  /** What exactly is asked. */
  readonly fingerprint: Buffer;
}

/** Whether a route heeds the header, by its method and pattern. Without a caller there is nobody whose key it could be. */
export function heedsIdempotencyKey(method: string, route: string): boolean {
  return method === 'POST' && doorOf(route) === 'management' && !route.startsWith(SIGN_IN);
}

/** Null when the request names no key, or is of a kind that heeds none. @throws InvalidIdempotencyKeyError */
export function keyedRequestOf(request: FastifyRequest, secret: Buffer): KeyedRequest | null {
  const key = request.headers['idempotency-key'];
  const { method, params, body, parsedQuery, principal } = request;
  const route = request.routeOptions.url ?? '';
  if (key === undefined || !principal || !heedsIdempotencyKey(method, route)) {
    return null;
  }
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new InvalidIdempotencyKeyError();
  }
  return {
    hubId: principal.hubId,
    digest: digestOf(secret, { what: 'scope', who: identityOf(principal), method, route, params, key }),
    fingerprint: digestOf(secret, { what: 'content', body, query: parsedQuery }),
  };
}

function identityOf(principal: Principal): object {
  return { hub: principal.hubId, ...creatorOf(principal) };
}

function digestOf(secret: Buffer, value: object): Buffer {
  return createHmac('sha256', secret).update(canonicalJson(value)).digest();
}
