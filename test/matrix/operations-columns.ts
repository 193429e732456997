import { type Need, type Operation } from './policy.js';

const LISTS = '/v1/hubs/current/lists';
const LIST = '/public-api/v1/lists/list';
const ITEMS = '/public-api/v1/lists/items';

const manages: Need = { by: 'capability', capability: 'lists-manage' };
const reads: Need = { by: 'scope', scope: 'read:lists', right: 'read' };
const clears: Need = { by: 'scope', scope: 'write:lists', right: 'clear' };

/** A column of a list that is not there is a list that is not there. */
const NO_LIST = { status: 404, code: '404.hub.list' };
const COLUMN = { need: manages, names: 'column', missing: NO_LIST } as const;

/** Single rows, whole lists, and the columns of lists. */
export const COLUMN_OPERATIONS: readonly Operation[] = [
  {
    route: `POST ${LISTS}/:listId/columns`,
    need: manages,
    names: 'list',
    missing: NO_LIST,
    send: (id, view) => ({
      url: `${LISTS}/${id}/columns`,
      body: { name: view.newName().replace(' ', ''), type: 'String' },
    }),
    success: 201,
  },
  {
    route: `POST ${LISTS}/:listId/columns`,
    need: manages,
    send: (_, view) => ({ url: `${LISTS}/${view.neverId}/columns`, body: { nonsense: 1 } }),
    success: 422,
  },
  {
    ...COLUMN,
    route: `PATCH ${LISTS}/:listId/columns/:columnId`,
    send: (listAndColumn) => ({ url: `${LISTS}/${listAndColumn}`, body: { name: 'Renamed' } }),
    success: 200,
  },
  {
    route: `PATCH ${LISTS}/:listId/columns/:columnId`,
    need: manages,
    send: (_, view) => ({ url: `${LISTS}/${view.neverId}/columns/1`, body: { nonsense: 1 } }),
    success: 422,
  },
  {
    ...COLUMN,
    route: `DELETE ${LISTS}/:listId/columns/:columnId`,
    send: (listAndColumn) => ({ url: `${LISTS}/${listAndColumn}` }),
    success: 202,
    consumes: true,
  },
  {
    route: `GET ${ITEMS}`,
    need: reads,
    names: 'row',
    missing: { status: 404, code: '404.hub.list-row' },
    send: (rowId, view) => ({ url: `${ITEMS}?Name=${view.rowsListName}&RowId=${rowId}` }),
    success: 200,
  },
  // A row that no list has tells that the list itself was found.
  {
    route: `GET ${ITEMS}`,
    need: reads,
    names: 'list-name',
    missing: NO_LIST,
    send: (name) => ({ url: `${ITEMS}?Name=${name}&RowId=987654` }),
    success: 404,
  },
  {
    route: `GET ${ITEMS}`,
    need: { ...reads, right: null },
    send: () => ({ url: ITEMS }),
    success: 422,
  },
  {
    route: `DELETE ${LIST}`,
    need: clears,
    names: 'list-name',
    missing: NO_LIST,
    send: (name) => ({ url: LIST, body: { listName: name } }),
    success: 200,
  },
  {
    route: `DELETE ${LIST}`,
    need: { ...clears, right: null },
    send: () => ({ url: LIST, body: { nonsense: 1 } }),
    success: 422,
  },
];
