import { type DataRight, type Need, type Operation } from './policy.js';

const ALL = '/v1/hubs/current/alerts';
const OWN = '/public-api/v1/alerts';
const manage: Need = { by: 'capability', capability: 'alerts-manage' };
const touch = (right: DataRight): Need => ({ by: 'data', scope: `${right}:alerts`, on: 'alerts', right });
const scoped = (scope: DataRight): Need => ({ by: 'data', scope: `${scope}:alerts`, on: 'alerts', right: null });
const NAMED = { names: 'alert', missing: { status: 404, code: '404.hub.alert' } } as const;

export const ALERT_OPERATIONS: readonly Operation[] = [
  { route: `GET ${ALL}`, need: manage, send: () => ({ url: ALL }), success: 200 },
  { ...NAMED, route: `GET ${ALL}/:alertId`, need: manage, send: (id) => ({ url: `${ALL}/${id}` }), success: 200 },
  {
    ...NAMED,
    route: `POST ${ALL}/:alertId/solve`,
    need: manage,
    send: (id) => ({ url: `${ALL}/${id}/solve` }),
    success: 200,
    consumes: true,
  },
  {
    ...NAMED,
    route: `DELETE ${ALL}/:alertId`,
    need: manage,
    send: (id) => ({ url: `${ALL}/${id}` }),
    success: 200,
    consumes: true,
  },
  { route: `GET ${OWN}`, need: touch('read'), send: () => ({ url: OWN }), success: 200 },
  { route: `GET ${OWN}`, need: scoped('read'), send: () => ({ url: `${OWN}?Colour=red` }), success: 422 },
  {
    ...NAMED,
    route: `GET ${OWN}/alert`,
    need: touch('read'),
    send: (id) => ({ url: `${OWN}/alert?NotificationId=${id}` }),
    success: 200,
  },
  {
    route: `POST ${OWN}`,
    need: touch('write'),
    send: () => ({ url: OWN, body: { type: 'Info', message: 'Of the matrix' } }),
    success: 200,
  },
  { route: `POST ${OWN}`, need: scoped('write'), send: () => ({ url: OWN, body: { nonsense: 1 } }), success: 422 },
  {
    ...NAMED,
    route: `PUT ${OWN}/solve`,
    need: touch('write'),
    send: (notificationId) => ({ url: `${OWN}/solve`, body: { notificationId } }),
    success: 200,
    consumes: true,
  },
  {
    route: `PUT ${OWN}/solve`,
    need: scoped('write'),
    send: () => ({ url: `${OWN}/solve`, body: { nonsense: 1 } }),
    success: 422,
  },
  {
    ...NAMED,
    route: `DELETE ${OWN}`,
    need: touch('write'),
    send: (notificationId) => ({ url: OWN, body: { notificationId } }),
    success: 200,
    consumes: true,
  },
  { route: `DELETE ${OWN}`, need: scoped('write'), send: () => ({ url: OWN, body: { nonsense: 1 } }), success: 422 },
];
