import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  TooManyRequestsError,
  UnauthenticatedError,
} from '../common/errors/index.js';
import { EXAMPLE_ID, type OperationNotes } from './notes.js';

const PASSWORD = 'some quite ordinary words';
const TOKEN = `hgt_${EXAMPLE_ID}_0000000000000000000000000000000000000`;

const SIGN_IN_REFUSED = new UnauthenticatedError(
  'The e-mail address or the password is wrong, or the one-time password has ended.',
);
const CODE_REQUIRED = new ForbiddenError(
  'Send totp, a code of the authenticator app, or recovery_code.',
  {},
  '403.2fa-required',
);
const CODE_FAILED = new ForbiddenError(
  'The code is wrong, has ended, or was used before. Wait for the next one.',
  {},
  '403.2fa-failed',
);
const WRONG_PASSWORD = new ForbiddenError('The current password is wrong.', { source: '/password' }, '403.not-allowed');
const TOO_MANY = new TooManyRequestsError('Too many attempts failed. Wait, then try again.', 60);
const WEAK = new InvalidInputError('A password has 12 to 128 characters.', { source: '/password' });
const CHANGED = new ConflictError('The account was changed at the same time. Try again.');
const NO_SECOND_FACTOR = new ForbiddenError('This account has no second factor.', {}, '403.invalid-state');
const PROOF = [WRONG_PASSWORD, CODE_REQUIRED, CODE_FAILED, CHANGED, TOO_MANY];
const WITH_CODE = { summary: 'With a code of the app', value: { password: PASSWORD, totp: '123456' } };

/** What no decorator says about signing in and one's own account. */
export const ACCOUNT_NOTES: Readonly<Record<string, OperationNotes>> = {
  login: {
    bodies: [
      { summary: 'With a password', value: { email: 'ada@example.com', password: PASSWORD } },
      {
        summary: 'With a second factor',
        value: { email: 'ada@example.com', password: PASSWORD, totp: '123456' },
      },
    ],
    errors: [SIGN_IN_REFUSED, CODE_REQUIRED, CODE_FAILED, TOO_MANY],
  },
  createAccount: {
    bodies: [
      {
        summary: 'Put in the token of the invite',
        value: { invite_token: TOKEN, password: PASSWORD, name: { first: 'Ada', last: 'Lovelace' } },
      },
    ],
    errors: [
      new NotFoundError('hub.invitation', 'There is no such invite.', {
        detail: 'The token was used, has ended, or the invite was taken back. Ask for a new invite.',
        source: '/invite_token',
      }),
      new ConflictError('You have an account with this address already. Sign in and accept the invite there.'),
      WEAK,
      TOO_MANY,
    ],
  },
  updateAccount: { bodies: [{ summary: 'Another name', value: { name: { first: 'Ada', last: 'King' } } }] },
  deleteAccount: {
    bodies: [{ summary: 'With the password', value: { password: PASSWORD } }, WITH_CODE],
    errors: [
      ...PROOF,
      new ConflictError(
        'You are the last way into a hub: make somebody else an owner, or delete the hub, first.',
        { extra: { hubs: [EXAMPLE_ID] } },
        '409.in-use',
      ),
    ],
  },
  changeAccountPassword: {
    bodies: [
      {
        summary: 'Both passwords',
        value: { current_password: PASSWORD, password: 'other words, as ordinary' },
      },
      {
        summary: 'With a code of the app',
        value: { current_password: PASSWORD, password: 'other words, as ordinary', totp: '123456' },
      },
    ],
    errors: [
      CODE_REQUIRED,
      CODE_FAILED,
      new ForbiddenError('The current password is wrong.', { source: '/current_password' }, '403.not-allowed'),
      CHANGED,
      WEAK,
      TOO_MANY,
    ],
  },
  requestAccountVerification: {
    errors: [new ConflictError('The address of this account was proved already.'), TOO_MANY],
  },
  confirmAccountVerification: {
    bodies: [{ summary: 'Put in the token of the mail', value: { token: TOKEN } }],
    errors: [
      new NotFoundError('email-verification', 'There is no such verification.', {
        detail: 'The token was used, has ended, or is not of this account. Ask for a new one.',
        source: '/token',
      }),
    ],
  },
  beginTwoFactor: {
    bodies: [{ summary: 'With the password', value: { password: PASSWORD } }, WITH_CODE],
    errors: PROOF,
  },
  confirmTwoFactor: {
    bodies: [{ summary: 'A code of the app', value: { totp: '123456' } }],
    errors: [
      CODE_FAILED,
      new ForbiddenError(
        'There is no secret to confirm. Begin with POST /v1/account/two-factor.',
        {},
        '403.invalid-state',
      ),
      TOO_MANY,
    ],
  },
  deleteTwoFactor: { bodies: [WITH_CODE], errors: [...PROOF, NO_SECOND_FACTOR] },
  createRecoveryCodes: { bodies: [WITH_CODE], errors: [...PROOF, NO_SECOND_FACTOR] },
};
