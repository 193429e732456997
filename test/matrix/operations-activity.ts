import { type Need, type Operation } from './policy.js';

const ACTIVITY = '/v1/hubs/current/activity';
const need: Need = { by: 'capability', capability: 'hubs-auditlog-view' };

/** They name nothing: that filters find nothing of another hub is shown with the rules of the list. */
export const ACTIVITY_OPERATIONS: readonly Operation[] = [
  { route: `GET ${ACTIVITY}`, need, send: () => ({ url: ACTIVITY }), success: 200 },
  { route: `GET ${ACTIVITY}`, need, send: () => ({ url: `${ACTIVITY}?include=users,components` }), success: 200 },
  { route: `GET ${ACTIVITY}`, need, send: () => ({ url: `${ACTIVITY}?filter[server]=1` }), success: 422 },
  { route: `GET ${ACTIVITY}/export`, need, send: () => ({ url: `${ACTIVITY}/export` }), success: 200 },
  { route: `GET ${ACTIVITY}/export`, need, send: () => ({ url: `${ACTIVITY}/export?page[size]=1` }), success: 422 },
];
