import { type Need, type Operation } from './policy.js';

const PATH = '/v1/hubs/current/alert-subscriptions';
const URL = 'https://hooks.example.com/made-by-the-matrix';
const need: Need = { by: 'capability', capability: 'alerts-manage' };
const INVALID = { status: 422, code: '422.invalid-argument' };
const one = {
  need,
  names: 'alert-subscription',
  missing: { status: 404, code: '404.hub.alert-subscription' },
} as const;
const group = { need, names: 'group' } as const;

/** Beside the five verbs. */
export const WEBHOOK_OPERATIONS: readonly Operation[] = [
  {
    ...one,
    route: `POST ${PATH}/:alertSubscriptionId/rotate`,
    send: (id) => ({ url: `${PATH}/${id}/rotate`, body: { overlap_seconds: 0 } }),
    success: 201,
  },
  {
    need,
    route: `POST ${PATH}/:alertSubscriptionId/rotate`,
    send: (_, view) => ({ url: `${PATH}/${view.neverId}/rotate`, body: { overlap_seconds: -1 } }),
    success: 422,
  },
  {
    ...one,
    route: `POST ${PATH}/:alertSubscriptionId/test`,
    send: (id) => ({ url: `${PATH}/${id}/test` }),
    success: 202,
  },
  {
    ...group,
    route: `POST ${PATH}`,
    send: (id) => ({ url: PATH, body: { url: URL, group_id: id } }),
    success: 201,
    missing: INVALID,
  },
  {
    ...group,
    route: `GET ${PATH}`,
    send: (id) => ({ url: `${PATH}?filter[group]=${id}` }),
    success: 200,
    missing: { status: 200 },
  },
];
