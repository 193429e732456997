import { SQL } from './operations-sql.js';
import { ACCOUNT_OPERATIONS } from './operations-account.js';
import { DOMAIN_OPERATIONS } from './operations-domains.js';
import { ACCOUNT_KEY_OPERATIONS } from './operations-account-keys.js';
import { COLUMN_OPERATIONS } from './operations-columns.js';
import { HUB_OPERATIONS } from './operations-hubs.js';
import { DEFAULTS, JOBS } from './operations-roles.js';
import { MEMBERSHIPS } from './operations-members.js';
import { WEBHOOK_OPERATIONS } from './operations-webhooks.js';
import { BOX_OPERATIONS } from './operations-boxes.js';
import { ACTIVITY_OPERATIONS } from './operations-activity.js';
import { LIST_IMPORT_OPERATIONS } from './operations-list-imports.js';
import { ALERT_OPERATIONS } from './operations-alerts.js';
import { VARIABLE_OPERATIONS } from './operations-variables.js';
import { type Need, type Operation, type Right, type Thing, type View } from './policy.js';

const CURRENT = '/v1/hubs/current';
const PUBLIC = '/public-api/v1';
const EMPTY_SEARCH = { status: 200 };
const INVALID = { status: 422, code: '422.invalid-argument' };

const anybody: Need = { by: 'anybody' };
const capability = (name: string): Need => ({ by: 'capability', capability: name });
const scope = (name: string, right: Right | null): Need => ({ by: 'scope', scope: name, right });

/** Routes that name nothing and take nothing. */
function plain(path: string, need: Need): Operation {
  return { route: `GET ${path}`, need, send: () => ({ url: path }), success: 200 };
}

/** The five verbs of a collection at the management door. */
interface Collection {
  readonly path: string;
  readonly parameter: string;
  readonly capability: string;
  readonly thing: Thing;
  readonly deleted: number;
  readonly create: (view: View) => object;
  readonly update?: object;
}

function collection({ path, parameter, capability: name, thing, deleted, create, update }: Collection): Operation[] {
  const need = capability(name);
  const all = `${CURRENT}/${path}`;
  const one = `${all}/:${parameter}`;
  const missing = { status: 404, code: `404.hub.${thing}` };
  const single = { need, names: thing, missing };
  const broken = { need, success: 422 };
  const url = (id: string) => `${all}/${id}`;
  const edits: Operation[] = update
    ? [
        { ...single, route: `PATCH ${one}`, send: (id) => ({ url: url(id), body: update }), success: 200 },
        { ...broken, route: `PATCH ${one}`, send: (_, view) => ({ url: url(view.neverId), body: { nonsense: 1 } }) },
      ]
    : [];
  return [
    plain(all, need),
    { need, route: `POST ${all}`, send: (_, view) => ({ url: all, body: create(view) }), success: 201 },
    { ...broken, route: `POST ${all}`, send: () => ({ url: all, body: { nonsense: 1 } }) },
    { ...single, route: `GET ${one}`, send: (id) => ({ url: url(id) }), success: 200 },
    ...edits,
    { ...single, route: `DELETE ${one}`, send: (id) => ({ url: url(id) }), success: deleted, consumes: true },
  ];
}

const keysPath = `${CURRENT}/api-keys`;
const keyNeed = capability('api-keys-manage');
const groupNeed = capability('groups-manage');
const reading = (list_id: string) => ({ lists: [{ list_id, rights: ['read'] }] });

const secretsOf = { need: keyNeed, missing: { status: 404, code: '404.hub.api-key' } } as const;

const SECRETS: readonly Operation[] = [
  {
    ...secretsOf,
    route: `POST ${keysPath}/:apikeyId/rotate`,
    names: 'api-key',
    send: (id) => ({ url: `${keysPath}/${id}/rotate`, body: { overlap_seconds: 0 } }),
    success: 201,
  },
  {
    route: `POST ${keysPath}/:apikeyId/rotate`,
    need: keyNeed,
    send: (_, view) => ({ url: `${keysPath}/${view.ownKeyId}/rotate`, body: { overlap_seconds: -1 } }),
    success: 422,
  },
  {
    ...secretsOf,
    route: `GET ${keysPath}/:apikeyId/secrets`,
    names: 'api-key',
    send: (id) => ({ url: `${keysPath}/${id}/secrets` }),
    success: 200,
  },
  {
    ...secretsOf,
    route: `DELETE ${keysPath}/:apikeyId/secrets/:secretId`,
    names: 'secret',
    send: (keyAndSecret) => ({ url: `${keysPath}/${keyAndSecret}` }),
    success: 200,
    consumes: true,
  },
];

/** Things that are named in a body or a filter rather than in the path. */
const REFERENCES: readonly Operation[] = [
  ...(['role', 'group'] as const).flatMap((thing): Operation[] => [
    {
      route: `GET ${keysPath}`,
      need: keyNeed,
      names: thing,
      send: (id) => ({ url: `${keysPath}?filter[${thing}]=${id}` }),
      success: 200,
      missing: EMPTY_SEARCH,
    },
    {
      route: `POST ${keysPath}`,
      need: keyNeed,
      names: thing,
      send: (id, view) => ({ url: keysPath, body: { ...view.keyBody(), [`${thing}_id`]: id } }),
      success: 201,
      missing: INVALID,
    },
    {
      route: `PATCH ${keysPath}/:apikeyId`,
      need: keyNeed,
      names: thing,
      send: (id, view) => ({ url: `${keysPath}/${view.ownKeyId}`, body: { [`${thing}_id`]: id } }),
      success: 200,
      missing: INVALID,
    },
  ]),
  {
    route: `POST ${CURRENT}/groups`,
    need: groupNeed,
    names: 'list',
    send: (id, view) => ({ url: `${CURRENT}/groups`, body: { name: view.newName(), permissions: reading(id) } }),
    success: 201,
    missing: INVALID,
  },
  {
    route: `PATCH ${CURRENT}/groups/:groupId`,
    need: groupNeed,
    names: 'list',
    send: (id, view) => ({
      url: `${CURRENT}/groups/${view.ownGroupId}`,
      body: { permissions: reading(id) },
    }),
    success: 200,
    missing: INVALID,
  },
];

const LIST = { names: 'list-name', missing: { status: 404, code: '404.hub.list' } } as const;
const ROW = { names: 'row', missing: { status: 404, code: '404.hub.list-row' } } as const;
const items = `${PUBLIC}/lists/items`;
const data = { Quantity: 1 };

const DATA: readonly Operation[] = [
  plain(`${PUBLIC}/lists`, scope('read:lists', null)),
  {
    ...LIST,
    route: `GET ${PUBLIC}/lists/list`,
    need: scope('read:lists', 'read'),
    send: (name) => ({ url: `${PUBLIC}/lists/list?Name=${name}` }),
    success: 200,
  },
  {
    route: `GET ${PUBLIC}/lists/list`,
    need: scope('read:lists', null),
    send: () => ({ url: `${PUBLIC}/lists/list` }),
    success: 422,
  },
  {
    ...LIST,
    route: `POST ${items}`,
    need: scope('write:lists', 'add'),
    send: (name) => ({ url: items, body: { listName: name, data } }),
    success: 200,
  },
  ...(['POST', 'PUT', 'DELETE'] as const).map((method) => ({
    route: `${method} ${items}`,
    need: scope('write:lists', null),
    send: () => ({ url: items, body: { nonsense: 1 } }),
    success: 422,
  })),
  // A row that no list has tells that the list itself was found.
  ...(['PUT', 'DELETE'] as const).map((method): Operation => ({
    ...LIST,
    route: `${method} ${items}`,
    need: scope('write:lists', method === 'PUT' ? 'change' : 'delete'),
    send: (name) => ({
      url: items,
      body: { listName: name, rowId: 987_654, ...(method === 'PUT' ? { data } : {}) },
    }),
    success: 404,
  })),
  {
    ...ROW,
    route: `PUT ${items}`,
    need: scope('write:lists', 'change'),
    send: (rowId, view) => ({ url: items, body: { listName: view.rowsListName, rowId: Number(rowId), data } }),
    success: 200,
  },
  {
    ...ROW,
    route: `DELETE ${items}`,
    need: scope('write:lists', 'delete'),
    send: (rowId, view) => ({ url: items, body: { listName: view.rowsListName, rowId: Number(rowId) } }),
    success: 200,
    consumes: true,
  },
];

const PAGE = ['', '/', '/index.html', '/init.js', '/page.css', '/favicon-32x32.png'];
const LIBRARY = ['/swagger-ui-bundle.js', '/swagger-ui-standalone-preset.js', '/swagger-ui.css'];
const DOCUMENTS = ['management', 'public-v1', 'public-v2', 'account'].map((name) => `/openapi/${name}.json`);

/** The policy table. A route of the server that is not in here fails the matrix, and so does a line without a route. */
export const OPERATIONS: readonly Operation[] = [
  ...ACCOUNT_OPERATIONS,
  ...ACCOUNT_KEY_OPERATIONS,
  ...DOMAIN_OPERATIONS,
  ...[...PAGE, ...LIBRARY, ...DOCUMENTS].map((path) => plain(`/public-api${path}`, anybody)),
  plain('/healthz/live', anybody),
  plain('/healthz/ready', anybody),
  plain('/.well-known/jwks.json', anybody),
  plain('/v1/hubs/capabilities', anybody),
  plain(CURRENT, { by: 'any key' }),
  {
    route: `PATCH ${CURRENT}`,
    need: capability('hubs-update'),
    send: () => ({ url: CURRENT, body: { security: { rotation: { max_overlap_seconds: 86_400 } } } }),
    success: 200,
  },
  {
    route: `PATCH ${CURRENT}`,
    need: capability('hubs-update'),
    send: () => ({ url: CURRENT, body: { nonsense: 1 } }),
    success: 422,
  },
  ...HUB_OPERATIONS,
  plain(`${CURRENT}/whoami`, { by: 'any key' }),
  plain('/public-api/v1/auth/token', { by: 'exchange' }),
  plain('/public-api/v2/auth/token', { by: 'exchange' }),
  plain(`${PUBLIC}/auth/whoami`, { by: 'any token' }),
  ...collection({
    path: 'api-keys',
    parameter: 'apikeyId',
    capability: 'api-keys-manage',
    thing: 'api-key',
    deleted: 200,
    create: (view) => view.keyBody(),
    update: { description: 'changed by the matrix' },
  }),
  ...collection({
    path: 'groups',
    parameter: 'groupId',
    capability: 'groups-manage',
    thing: 'group',
    deleted: 200,
    create: (view) => ({ name: view.newName() }),
    update: { description: 'changed by the matrix' },
  }),
  ...collection({
    path: 'roles',
    parameter: 'roleId',
    capability: 'hubs-roles-manage',
    thing: 'role',
    deleted: 202,
    create: () => ({ identifier: 'made-by-the-matrix', rank: 1 }),
    update: { extra: { changed: 'by the matrix' } },
  }),
  ...collection({
    path: 'lists',
    parameter: 'listId',
    capability: 'lists-manage',
    thing: 'list',
    deleted: 202,
    create: (view) => ({ name: view.newName(), columns: [{ name: 'Quantity', type: 'Number' }] }),
    update: { description: 'changed by the matrix' },
  }),
  ...collection({
    path: 'alert-subscriptions',
    parameter: 'alertSubscriptionId',
    capability: 'alerts-manage',
    thing: 'alert-subscription',
    deleted: 200,
    create: () => ({ url: 'https://hooks.example.com/made-by-the-matrix' }),
    update: { description: 'changed by the matrix' },
  }),
  ...WEBHOOK_OPERATIONS,
  ...collection({
    path: 'boxes',
    parameter: 'boxId',
    capability: 'boxes-manage',
    thing: 'box',
    deleted: 200,
    create: (view) => ({ box_id: `PB-${view.neverId}`, name: view.newName() }),
    update: { group: 'changed by the matrix' },
  }),
  ...BOX_OPERATIONS,
  ...COLUMN_OPERATIONS,
  ...MEMBERSHIPS,
  ...SECRETS,
  ...JOBS,
  ...DEFAULTS,
  ...REFERENCES,
  ...ACTIVITY_OPERATIONS,
  ...ALERT_OPERATIONS,
  ...LIST_IMPORT_OPERATIONS,
  ...VARIABLE_OPERATIONS,
  ...SQL,
  ...DATA,
];
