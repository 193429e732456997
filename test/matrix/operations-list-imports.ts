import { type Need, type Operation } from './policy.js';

const LISTS = '/v1/hubs/current/lists';
const manage: Need = { by: 'capability', capability: 'lists-manage' };

/**
 * Who gets past the door. Which rights an import needs besides, test/list-import/refusals.spec asks: a body of CSV is
 * nothing that the matrix sends.
 */
export const LIST_IMPORT_OPERATIONS: readonly Operation[] = [
  {
    route: `POST ${LISTS}/imports`,
    need: manage,
    send: () => ({ url: `${LISTS}/imports?nonsense=1` }),
    success: 422,
  },
  {
    route: `POST ${LISTS}/:listId/imports`,
    need: manage,
    send: (_, view) => ({ url: `${LISTS}/${view.neverId}/imports?nonsense=1` }),
    success: 422,
  },
  {
    route: `GET ${LISTS}/imports/:importId`,
    need: manage,
    send: (_, view) => ({ url: `${LISTS}/imports/${view.neverId}` }),
    success: 404,
  },
];
