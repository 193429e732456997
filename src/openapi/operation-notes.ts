import { CeilingError } from '../access/index.js';
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../common/errors/index.js';
import { ACCOUNT_NOTES } from './notes-account.js';
import { ACTIVITY_NOTES } from './notes-activity.js';
import { ALERT_NOTES } from './notes-alerts.js';
import { BOX_NOTES } from './notes-boxes.js';
import { COLUMN_NOTES, ROW_RULES, ROW_TAG } from './notes-columns.js';
import { DOMAIN_NOTES } from './notes-domains.js';
import { HUB_NOTES } from './notes-hubs.js';
import { LIST_IMPORT_NOTES } from './notes-list-imports.js';
import { MEMBER_NOTES } from './notes-members.js';
import { VARIABLE_NOTES } from './notes-variables.js';
import { WEBHOOK_NOTES } from './notes-webhooks.js';
import { SQL_NOTES } from './notes-sql.js';
import { EXAMPLE_ID, type OperationNotes, OTHER_ID } from './notes.js';

const CEILING = new CeilingError(['capability lists-manage', 'scope write:lists'], 'lists-manage');
const NOT_ALLOWED = '403.not-allowed';
const ROOT_ROLE = new ForbiddenError(
  'The root role cannot be changed or deleted: it is the way back into the hub.',
  {},
  NOT_ALLOWED,
);
const LAST_ROOT_KEY = new ForbiddenError(
  `The key ${EXAMPLE_ID} is the last root key of the hub that lives without an end and works from your address. ` +
    'Make another one first, or nobody could get in.',
  { extra: { api_key: EXAMPLE_ID } },
  NOT_ALLOWED,
);
const KEY_IN_THE_WAY = new ForbiddenError(
  'You cannot grant what you do not hold: rank above 7 (the key\'s role is "admin"). ' +
    `The key in the way is ${OTHER_ID}.`,
  { extra: { missing: ['rank above 7 (the key\'s role is "admin")'], api_key: OTHER_ID } },
);
const KEY_OFF = new ForbiddenError(
  'The key is switched off, so a new secret would not work. Set its state to "live" first.',
  {},
  '403.invalid-state',
);
const KEY_EXPIRED = new ForbiddenError(
  'The key has expired at 2026-03-01T08:00:00.000Z. Give it a later expires_at first, or make a new key.',
  {},
  '403.expired',
);
const ROTATION_RUNNING = new ConflictError(
  `The key is being rotated already: its older secret ${OTHER_ID} goes on until 2026-03-02T08:00:00.000Z. ` +
    'Wait until then, or end one of the two with DELETE …/secrets/{id}.',
  { extra: { secret: OTHER_ID, ends_at: '2026-03-02T08:00:00.000Z' } },
  '409.rotation-running',
);
const OVERLAP_TOO_LONG = new InvalidInputError(
  'This hub allows an overlap of at most 3600 seconds (security.rotation.max_overlap_seconds of the hub).',
  { source: '/overlap_seconds', extra: { max_overlap_seconds: 3600 } },
  '422.max-exceeded',
);
const LAST_SECRET = new ConflictError(
  'This is the last live secret of the key. Rotate the key with overlap_seconds 0 to replace it, ' +
    'or switch the key off (state "inactive") or delete it.',
  {},
  '409.last-secret',
);
const UNKNOWN_ROLE = new InvalidInputError('There is no such role in this hub. See GET /v1/hubs/current/roles.', {
  source: '/role_id',
});
const ROLE_IN_USE = new ConflictError(
  'Still in use: API keys hold this role (extra.api_keys). Give them another role or remove them first.',
  { extra: { api_keys: [EXAMPLE_ID], members: [], invites: [] } },
  '409.in-use',
);
const GROUP_IN_USE = inUse(
  'API keys belong to this user group. Move or delete them first; they are in extra.api_keys.',
);
const KEY_NAME_TAKEN = nameTaken('An API key named "CI pipeline" exists already. Names are compared without case.');
const GROUP_NAME_TAKEN = nameTaken('A user group named "Warehouse" exists already. Names are compared without case.');
const LIST_NAME_TAKEN = nameTaken('A list named "StockInfo" exists already. Names are compared without case.');
const NO_LIST = new NotFoundError('hub.list', 'There is no such list in this hub.');
const NO_ROW = new NotFoundError('hub.list-row', 'There is no such row in this list.', {
  detail: 'No row has the ID 1.',
});
const UNKNOWN_COLUMN = new InvalidInputError('The list has no column named "Colour".', {
  source: '/data/Colour',
  extra: { unknown: ['Colour'] },
});

const KEY_BODY = { name: 'ERP sync', role_id: EXAMPLE_ID, scopes: ['read:lists'], expires_at: '2030-01-01T00:00:00Z' };
const ROLE_BODY = {
  name: 'Key desk',
  identifier: 'key-desk',
  rank: 3,
  capabilities: { all: false, specific: ['api-keys-manage'] },
};
const GROUP_BODY = { name: 'Warehouse', permissions: { lists: [{ list_id: '*', rights: ['read', 'add', 'change'] }] } };
const LIST_BODY = {
  name: 'StockInfo',
  columns: [
    { name: 'MaterialNo', type: 'String' },
    { name: 'Quantity', type: 'Number' },
    { name: 'Locked', type: 'Boolean' },
  ],
};

/** By operationId; what is left out has nothing to add. */
export const OPERATION_NOTES: Readonly<Record<string, OperationNotes>> = {
  ...ACCOUNT_NOTES,
  ...ACTIVITY_NOTES,
  ...ALERT_NOTES,
  ...BOX_NOTES,
  ...COLUMN_NOTES,
  ...DOMAIN_NOTES,
  ...HUB_NOTES,
  ...LIST_IMPORT_NOTES,
  ...MEMBER_NOTES,
  ...VARIABLE_NOTES,
  ...WEBHOOK_NOTES,
  ...SQL_NOTES,
  createApiKey: {
    bodies: [
      { summary: 'Put in the id of a role (getRoles)', value: KEY_BODY },
      {
        summary: 'With a user group and addresses: put in both ids',
        value: { ...KEY_BODY, group_id: OTHER_ID, ips: ['192.0.2.0/24', '2001:db8::1'] },
      },
    ],
    errors: [CEILING, UNKNOWN_ROLE],
  },
  updateAPIKey: {
    bodies: [
      { summary: 'Another name', value: { name: 'ERP sync (old)' } },
      { summary: 'Only from these addresses', value: { ips: ['192.0.2.0/24'] } },
      { summary: 'No address list any more', value: { ips: null } },
      { summary: 'Switched off', value: { state: 'inactive' } },
    ],
    errors: [CEILING, LAST_ROOT_KEY, UNKNOWN_ROLE],
  },
  rotateAPIKey: {
    bodies: [
      { summary: 'Both secrets work for an hour', value: { overlap_seconds: 3600 } },
      { summary: 'The old secret is refused at once', value: { overlap_seconds: 0 } },
    ],
    errors: [CEILING, KEY_OFF, KEY_EXPIRED, ROTATION_RUNNING, OVERLAP_TOO_LONG],
  },
  endAPIKeySecret: { errors: [LAST_SECRET, LAST_ROOT_KEY] },
  deleteAPIKey: { errors: [KEY_IN_THE_WAY, LAST_ROOT_KEY] },
  createAccountApiKey: {
    bodies: [{ summary: 'All that a key needs', value: { name: 'CI pipeline' } }],
    errors: [KEY_NAME_TAKEN],
  },
  deleteAccountApiKey: { errors: [KEY_IN_THE_WAY, LAST_ROOT_KEY] },
  createRole: { bodies: [{ summary: 'A role for those who hand out keys', value: ROLE_BODY }], errors: [CEILING] },
  updateRole: {
    bodies: [{ summary: 'Another name', value: { name: 'Key desk, night shift' } }],
    errors: [CEILING, ROOT_ROLE],
  },
  deleteRole: { errors: [ROOT_ROLE, ROLE_IN_USE] },
  createGroup: {
    bodies: [{ summary: 'Every list, but nothing deleted', value: GROUP_BODY }],
    errors: [CEILING, GROUP_NAME_TAKEN],
  },
  updateGroup: {
    bodies: [{ summary: 'Reading only', value: { permissions: { lists: [{ list_id: '*', rights: ['read'] }] } } }],
    errors: [CEILING, GROUP_NAME_TAKEN],
  },
  deleteGroup: { errors: [GROUP_IN_USE] },
  createList: { bodies: [{ summary: 'A small list', value: LIST_BODY }], errors: [LIST_NAME_TAKEN] },
  readList: {
    errors: [NO_LIST],
    headers: { 'X-More-Rows': '`true` when rows follow, beyond `MaxRows` or beyond the 4 MiB of a page.' },
  },
  addRow: {
    bodies: [
      {
        summary: 'One row of the list StockInfo',
        value: { listName: 'StockInfo', data: { MaterialNo: 'A-4711', Quantity: 12, Locked: false } },
      },
    ],
    errors: [NO_LIST, UNKNOWN_COLUMN, ...ROW_RULES],
    headers: ROW_TAG,
  },
  changeRow: {
    bodies: [{ summary: 'One value of one row', value: { listName: 'StockInfo', rowId: 1, data: { Locked: true } } }],
    errors: [NO_LIST, NO_ROW, UNKNOWN_COLUMN, ...ROW_RULES],
    headers: ROW_TAG,
  },
  deleteRow: {
    bodies: [{ summary: 'The first row', value: { listName: 'StockInfo', rowId: 1 } }],
    errors: [NO_LIST, NO_ROW],
  },
};

function inUse(detail: string): ConflictError {
  return new ConflictError(detail, { extra: { api_keys: [EXAMPLE_ID] } }, '409.in-use');
}

function nameTaken(detail: string): ConflictError {
  return new ConflictError(detail, { source: '/name' });
}
