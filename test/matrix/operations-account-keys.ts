import { type Need, type Operation } from './policy.js';

const KEYS = '/api/v1/api_keys';
const need: Need = { by: 'key with', capability: 'api-keys-manage' };
const one = {
  need,
  names: 'key-handle',
  missing: { status: 404, code: '404.hub.api-key' },
  send: (handle: string) => ({ url: `${KEYS}/${handle}` }),
} as const;

export const ACCOUNT_KEY_OPERATIONS: readonly Operation[] = [
  { route: `GET ${KEYS}`, need, send: () => ({ url: KEYS }), success: 200 },
  { route: `POST ${KEYS}`, need, send: (_, view) => ({ url: KEYS, body: { name: view.newName() } }), success: 201 },
  { route: `POST ${KEYS}`, need, send: () => ({ url: KEYS, body: { nonsense: 1 } }), success: 400 },
  { ...one, route: `GET ${KEYS}/:name`, success: 200 },
  { ...one, route: `DELETE ${KEYS}/:name`, success: 204, consumes: true },
];
