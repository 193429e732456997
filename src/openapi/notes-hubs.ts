import { LockOutError, MissingCapabilityError } from '../access/index.js';
import { ConflictError, ForbiddenError, InvalidInputError } from '../common/errors/index.js';
import { type OperationNotes } from './notes.js';

const NOT_ALLOWED = '403.not-allowed';
const CREATION_OFF = new ForbiddenError(
  'Hubs are made by the command line only here (server setting HUB_CREATION=off). Ask the operator for a hub.',
  { extra: { setting: 'HUB_CREATION', value: 'off' } },
  NOT_ALLOWED,
);
const SHUTS_OUT = new LockOutError(
  'It would shut out the very key that asks: the host of this request is no approved domain of the hub.',
  '/security/require_domain',
);
const NOT_VERIFIED = new ForbiddenError(
  'Your e-mail address is not verified yet. Accept an invite with the token of its mail, or ask the operator.',
  {},
  '403.not-ready',
);
const TOO_MANY = new InvalidInputError(
  'You are root of 20 hubs, which is as many as can be. Delete one first.',
  {},
  '422.max-exceeded',
);
const PROVE_IT = new ForbiddenError(
  'Sign in with a second factor first: with force_2fa, members get in with one only, you included.',
  { source: '/security/force_2fa' },
  '403.2fa-required',
);
const BY_KEY = new ForbiddenError(
  'A key can set force_2fa only with the root role. A member who signed in with a second factor can, too.',
  { source: '/security/force_2fa' },
  NOT_ALLOWED,
);
const NO_REVEAL = new MissingCapabilityError('api-keys-reveal');
const IN_USE = new ConflictError(
  'Still in the hub, beside you: API keys: 3, members: 1, lists: 2, boxes: 0. ' +
    'Send {"options": {"force": true}} to delete it with all of them.',
  { source: '/options/force', extra: { api_keys: 3, members: 1, lists: 2, boxes: 0 } },
  '409.in-use',
);

/** What no decorator says about hubs. */
export const HUB_NOTES: Readonly<Record<string, OperationNotes>> = {
  createHub: {
    bodies: [{ summary: 'A hub with the default roles', value: { name: 'Plant Nord' } }],
    errors: [CREATION_OFF, NOT_VERIFIED, TOO_MANY],
  },
  updateHub: {
    bodies: [
      { summary: 'Another name', value: { name: 'Plant Nord' } },
      {
        summary: 'An hour of overlap at most, and an old secret that turns up again switches its key off',
        value: { security: { rotation: { max_overlap_seconds: 3600, disable_on_reuse: true } } },
      },
      {
        summary: 'Secrets made from now on are shown again at the account door (needs api-keys-reveal)',
        value: { security: { readable_secrets: true } },
      },
      { summary: 'No longer, and what was kept is destroyed', value: { security: { readable_secrets: false } } },
    ],
    errors: [PROVE_IT, BY_KEY, NO_REVEAL, SHUTS_OUT],
  },
  deleteHub: {
    bodies: [{ summary: 'Only if nothing else is in it', value: { options: { force: false } } }],
    errors: [IN_USE],
  },
};
