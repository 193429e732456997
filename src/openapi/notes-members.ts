import { CeilingError } from '../access/index.js';
import { ConflictError, ForbiddenError, InvalidInputError } from '../common/errors/index.js';
import { EXAMPLE_ID, type OperationNotes } from './notes.js';

const NOT_ALLOWED = '403.not-allowed';
const RANK = new CeilingError(['rank above 7 (the role is "admin")']);
const UNKNOWN_ROLE = new InvalidInputError('There is no such role in this hub. See GET /v1/hubs/current/roles.', {
  source: '/role_id',
});
const LAST_ROOT = new ForbiddenError(
  'This is the last root member, and no root key that never ends works from your address. ' +
    'Make another root member or key first, or nobody could get in.',
  {},
  NOT_ALLOWED,
);
const KEYS_ABOVE = new ForbiddenError(
  'Keys that you made would rank above you, and you could not touch them any more. ' +
    'Give them a lower role or delete them first; they are in extra.api_keys.',
  { extra: { api_keys: [EXAMPLE_ID] } },
  NOT_ALLOWED,
);
const INVITED = new ConflictError(
  'ada@example.com has a pending invite to this hub. Revoke it first to send another one.',
  { source: '/recipient' },
);
const MEMBER = new ConflictError('This person is a member of the hub already. Change the role there instead.', {
  source: '/recipient',
});
const ENDED = new ForbiddenError('The invite has ended. Ask for another one.', {}, '403.expired');
const VOID = new ForbiddenError(
  'Who sent this invite may no longer give it: it is void. Ask for another one.',
  {},
  '403.not-approved',
);

/** What no decorator says about members and invites. */
export const MEMBER_NOTES: Readonly<Record<string, OperationNotes>> = {
  updateHubMember: {
    bodies: [{ summary: 'Another role: put in its id (getRoles)', value: { role_id: EXAMPLE_ID } }],
    errors: [RANK, LAST_ROOT, KEYS_ABOVE, UNKNOWN_ROLE],
  },
  deleteHubMember: { errors: [RANK, LAST_ROOT] },
  createHubInvite: {
    bodies: [
      {
        summary: 'Put in the id of a role (getRoles)',
        value: { recipient: 'ada@example.com', role_id: EXAMPLE_ID },
      },
    ],
    errors: [RANK, MEMBER, INVITED, UNKNOWN_ROLE],
  },
  updateAccountInvite: {
    bodies: [
      { summary: 'Accept', value: { accept: true } },
      { summary: 'Decline', value: { decline: true } },
    ],
    errors: [ENDED, VOID, MEMBER],
  },
};
