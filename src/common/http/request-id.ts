import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';

const WELL_FORMED = /^[A-Za-z0-9._-]{8,64}$/;

/** The id that joins a request's log lines, error body and activity: the proxy's if it is well formed, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = [headers['x-request-id'], headers['x-arr-log-id']];
  const wellFormed = given.find((id): id is string => typeof id === 'string' && WELL_FORMED.test(id));
  return wellFormed ?? randomUUID();
}
