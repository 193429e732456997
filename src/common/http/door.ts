import { type FastifyRequest } from 'fastify';

/** The three contracts that the server speaks, and `none` for what belongs to no contract (health, keys, pages). */
export type Door = 'management' | 'public' | 'account' | 'none';

/** The door of a request path (after BASE_PATH was taken off). Decides credentials and the shape of errors. */
export function doorOf(path: string): Door {
  if (startsSegment(path, '/v1')) {
    return 'management';
  }
  if (startsSegment(path, '/public-api')) {
    return 'public';
  }
  return startsSegment(path, '/api/v1') ? 'account' : 'none';
}

/**
 * The door of a request: that of the route it reached. What the client wrote decides only where there is no route,
 * because the router also takes `/public%2Dapi/…` and `http://host/public-api/…` to the public door.
 */
export function doorOfRequest(request: FastifyRequest): Door {
  return doorOf(request.routeOptions.url ?? request.url);
}

function startsSegment(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) {
    return false;
  }
  const next = path.charAt(prefix.length);
  return next === '' || next === '/' || next === '?';
}
