import { type Operation } from './policy.js';

const ACCOUNT = '/v1/account';
const TWO_FACTOR = `${ACCOUNT}/two-factor`;
const NEVER = '0'.repeat(24);

/** Only of a person; a key is none. A body that is broken is seen to after that. `early`: also before a password is chosen. */
function own(method: string, path: string, success: number, url = path, early = false): Operation {
  const body = method === 'GET' || success < 400 ? {} : { body: { nonsense: 1 } };
  return { route: `${method} ${path}`, need: { by: 'person', early }, send: () => ({ url, ...body }), success };
}

function open(path: string): Operation {
  const send = () => ({ url: path, body: { nonsense: 1 } });
  return { route: `POST ${path}`, need: { by: 'anybody' }, send, success: 422 };
}

export const ACCOUNT_OPERATIONS: readonly Operation[] = [
  open('/v1/auth/login'),
  open(ACCOUNT),
  // Nobody is to be signed out here: others still ask.
  own('POST', '/v1/auth/logout', 422, '/v1/auth/logout?colour=red', true),
  own('GET', ACCOUNT, 200, ACCOUNT, true),
  own('PATCH', ACCOUNT, 422),
  own('DELETE', ACCOUNT, 422),
  own('PUT', `${ACCOUNT}/password`, 422, `${ACCOUNT}/password`, true),
  own('POST', `${ACCOUNT}/verification`, 409),
  own('PUT', `${ACCOUNT}/verification`, 422),
  own('GET', `${ACCOUNT}/sessions`, 200),
  own('DELETE', `${ACCOUNT}/sessions`, 200),
  own('DELETE', `${ACCOUNT}/sessions/:sessionId`, 404, `${ACCOUNT}/sessions/${NEVER}`),
  own('POST', TWO_FACTOR, 422),
  own('PUT', TWO_FACTOR, 422),
  own('DELETE', TWO_FACTOR, 422),
  own('POST', `${TWO_FACTOR}/recovery-codes`, 422),
];
