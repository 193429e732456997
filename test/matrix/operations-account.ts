import { type Operation } from './policy.js';

const ACCOUNT = '/v1/account';
const TWO_FACTOR = `${ACCOUNT}/two-factor`;
const NEVER = '0'.repeat(24);

/** Only of a person; a key is none. A body that is broken is seen to after that. */
function own(method: string, path: string, success: number, url = path): Operation {
  const body = method === 'GET' || success < 400 ? {} : { body: { nonsense: 1 } };
  return { route: `${method} ${path}`, need: { by: 'person' }, send: () => ({ url, ...body }), success };
}

function open(path: string): Operation {
  const send = () => ({ url: path, body: { nonsense: 1 } });
  return { route: `POST ${path}`, need: { by: 'anybody' }, send, success: 422 };
}

export const ACCOUNT_OPERATIONS: readonly Operation[] = [
  open('/v1/auth/login'),
  open(ACCOUNT),
  own('POST', '/v1/auth/logout', 200),
  own('GET', ACCOUNT, 200),
  own('PATCH', ACCOUNT, 422),
  own('DELETE', ACCOUNT, 422),
  own('PUT', `${ACCOUNT}/password`, 422),
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
