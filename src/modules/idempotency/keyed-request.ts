import { createHmac } from 'node:crypto';
import { type FastifyRequest } from 'fastify';
import { type Creator, creatorOf, PLATFORM } from '../../access/index.js';
import { canonicalJson } from '../../common/canonical-json.js';
import { doorOf } from '../../common/http/door.js';
import { InvalidIdempotencyKeyError } from './idempotency.errors.js';

const KEY = /^[\x21-\x7e]{1,255}$/;
/** Signing in, and the means of it: repeated on purpose, slow to hash, and with answers that are nobody's to keep. */
const SIGN_IN = ['/v1/auth/', '/v1/account'];

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
  return method === 'POST' && doorOf(route) === 'management' && !SIGN_IN.some((start) => route.startsWith(start));
}

/** Null when the request names no key, or is of a kind that heeds none. @throws InvalidIdempotencyKeyError */
export function keyedRequestOf(request: FastifyRequest, secret: Buffer): KeyedRequest | null {
  const key = request.headers['idempotency-key'];
  const { method, params, body, parsedQuery } = request;
  const caller = callerOf(request);
  const route = request.routeOptions.url ?? '';
  if (key === undefined || !caller || !heedsIdempotencyKey(method, route)) {
    return null;
  }
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new InvalidIdempotencyKeyError();
  }
  return {
    hubId: caller.hub,
    digest: digestOf(secret, { what: 'scope', who: caller, method, route, params, key }),
    fingerprint: digestOf(secret, { what: 'content', body, query: parsedQuery }),
  };
}

/** A person outside of hubs stands at the server's own id. */
function callerOf({ principal, account }: FastifyRequest): (Creator & { readonly hub: string }) | null {
  if (principal) {
    return { hub: principal.hubId, ...creatorOf(principal) };
  }
  return account ? { hub: PLATFORM.id, id: account.session.accountId, type: 'account' } : null;
}

function digestOf(secret: Buffer, value: object): Buffer {
  return createHmac('sha256', secret).update(canonicalJson(value)).digest();
}
