import { type Need, type Operation } from './policy.js';

const ACTIVITY = '/v1/hubs/current/activity';
const need: Need = { by: 'capability', capability: 'hubs-auditlog-view' };

/** Filters find nothing of another hub, so all of these are a plain success. */
export const ACTIVITY_OPERATIONS: readonly Operation[] = [
  { route: `GET ${ACTIVITY}`, need, send: () => ({ url: ACTIVITY }), success: 200 },
  { route: `GET ${ACTIVITY}`, need, send: () => ({ url: `${ACTIVITY}?include=users,components` }), success: 200 },
  { route: `GET ${ACTIVITY}`, need, send: () => ({ url: `${ACTIVITY}?filter[server]=1` }), success: 422 },
  ...(['role', 'group', 'list', 'api-key'] as const).map((names): Operation => ({
    route: `GET ${ACTIVITY}`,
    need,
    names,
    send: (id) => ({ url: `${ACTIVITY}?filter[component]=${id}&page[size]=1` }),
    success: 200,
    missing: { status: 200 },
  })),
  { route: `GET ${ACTIVITY}/export`, need, send: () => ({ url: `${ACTIVITY}/export` }), success: 200 },
  { route: `GET ${ACTIVITY}/export`, need, send: () => ({ url: `${ACTIVITY}/export?page[size]=1` }), success: 422 },
];
