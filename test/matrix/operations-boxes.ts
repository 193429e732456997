import { type Need, type Operation } from './policy.js';

const BOXES = '/v1/hubs/current/boxes';
const GROUPS = '/v1/hubs/current/groups';
const BOX = '/public-api/v1/box';

const manage: Need = { by: 'capability', capability: 'boxes-manage' };
const groups: Need = { by: 'capability', capability: 'groups-manage' };
const missing = { status: 404, code: '404.hub.box' };
const scope = (name: string): Need => ({ by: 'scope', scope: name, right: null });

const TOKENS: readonly Operation[] = [
  {
    route: `POST ${BOXES}/:boxId/token`,
    need: manage,
    names: 'box',
    send: (id) => ({ url: `${BOXES}/${id}/token` }),
    success: 201,
    missing,
  },
  {
    route: `DELETE ${BOXES}/:boxId/token`,
    need: manage,
    names: 'box',
    // After the line above, which makes the token that this one ends.
    send: (id) => ({ url: `${BOXES}/${id}/token` }),
    success: 200,
    missing,
  },
];

const reading = (box_id: string) => ({ lists: [], boxes: [{ box_id, rights: ['read'] }] });

const REFERENCES: readonly Operation[] = [
  {
    route: `POST ${GROUPS}`,
    need: groups,
    names: 'box',
    send: (id, view) => ({ url: GROUPS, body: { name: view.newName(), permissions: reading(id) } }),
    success: 201,
    missing: { status: 422, code: '422.invalid-argument' },
  },
];

/**
 * The groups of the matrix have rights on lists alone, so its callers have no box: not even their own hub's. What rights
 * on a box do is asked in test/box/box-rights.spec.ts.
 */
const UNSEEN: readonly Operation[] = (
  [
    ['GET', 'functions', 'read:box', null],
    ['GET', 'screenshot', 'read:box', null],
    ['GET', 'variables', 'read:box', null],
    ['GET', 'lists', 'read:box', null],
    ['POST', 'function', 'write:box', { functionName: 'Start' }],
    ['PUT', 'variables', 'write:box', { name: 'Counter', value: 1 }],
    ['POST', 'lists', 'write:box', { listName: 'Orders', data: { Quantity: 1 } }],
    ['PUT', 'lists', 'write:box', { listName: 'Orders', rowId: 1, data: { Quantity: 1 } }],
    ['DELETE', 'lists', 'write:box', { listName: 'Orders', rowId: 1 }],
  ] as const
).map(([method, path, needed, body]) => ({
  route: `${method} ${BOX}/${path}`,
  need: scope(needed),
  names: 'box-name',
  send: (boxId) =>
    body === null ? { url: `${BOX}/${path}?boxId=${boxId}` } : { url: `${BOX}/${path}`, body: { boxId, ...body } },
  success: 404,
  missing,
}));

export const BOX_OPERATIONS: readonly Operation[] = [
  ...TOKENS,
  ...REFERENCES,
  { route: `GET ${BOX}`, need: scope('read:box'), send: () => ({ url: BOX }), success: 200 },
  ...UNSEEN,
  { route: `POST ${BOX}/report`, need: { by: 'box' }, send: () => ({ url: `${BOX}/report`, body: {} }), success: 401 },
];
