import { type Need, type Operation } from './policy.js';

const HUBS = '/v1/hubs';
const CURRENT = '/v1/hubs/current';

const anybodyKnown: Need = { by: 'key or person' };
const capability = (name: string): Need => ({ by: 'capability', capability: name });

/** What never succeeds here is refused after the door has let its callers in: the hub of the matrix stays. */
export const HUB_OPERATIONS: readonly Operation[] = [
  { route: `GET ${HUBS}`, need: anybodyKnown, send: () => ({ url: HUBS }), success: 200 },
  // The server setting is off.
  { route: `POST ${HUBS}`, need: anybodyKnown, send: () => ({ url: HUBS, body: { name: 'Plant' } }), success: 403 },
  { route: `POST ${HUBS}`, need: anybodyKnown, send: () => ({ url: HUBS, body: { nonsense: 1 } }), success: 422 },
  {
    route: `GET ${CURRENT}/usage`,
    need: capability('hubs-usage-view'),
    send: () => ({ url: `${CURRENT}/usage` }),
    success: 200,
  },
  {
    route: `DELETE ${CURRENT}`,
    need: capability('hubs-delete'),
    send: () => ({ url: CURRENT, body: { options: { force: false } } }),
    success: 409,
  },
  {
    route: `DELETE ${CURRENT}`,
    need: capability('hubs-delete'),
    send: () => ({ url: CURRENT, body: { nonsense: 1 } }),
    success: 422,
  },
];
