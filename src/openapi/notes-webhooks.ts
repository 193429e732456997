import { CeilingError } from '../access/index.js';
import { ConflictError, InvalidInputError, TooManyRequestsError } from '../common/errors/index.js';
import { EXAMPLE_ID, type OperationNotes } from './notes.js';

const CONFINED = new CeilingError([
  'use from everywhere and without an end, as others would have it (your key is confined)',
]);
const UNKNOWN_GROUP = new InvalidInputError(
  'There is no such user group in this hub. Send the id of one, or null for the alerts of all.',
  { source: '/group_id' },
);
const TOO_MANY = new ConflictError(
  'A hub has at most 50 alert subscriptions. Delete one that is not needed any more.',
  {},
  '409.too-many-subscriptions',
);
const OFF = new ConflictError(
  'The subscription is off, so nothing is sent. Set its state to "active" first.',
  {},
  '409.subscription-off',
);
const FULL = new TooManyRequestsError('The hub has queued as many messages as it may. Try later.', 60);

/** What no decorator says about alert subscriptions. */
export const WEBHOOK_NOTES: Readonly<Record<string, OperationNotes>> = {
  createAlertSubscription: {
    bodies: [
      { summary: 'The alerts of every user group', value: { url: 'https://hooks.example.com/alerts' } },
      {
        summary: 'Those of one: put in its id',
        value: { url: 'https://hooks.example.com/alerts', group_id: EXAMPLE_ID, description: 'Night shift' },
      },
    ],
    errors: [CONFINED, UNKNOWN_GROUP, TOO_MANY],
  },
  updateAlertSubscription: {
    bodies: [
      { summary: 'Another address', value: { url: 'https://hooks.example.com/elsewhere' } },
      { summary: 'Switched off', value: { state: 'off' } },
      { summary: 'The alerts of every user group', value: { group_id: null } },
    ],
    errors: [CONFINED, UNKNOWN_GROUP],
  },
  rotateAlertSubscription: {
    bodies: [
      { summary: 'Signed with both secrets for an hour', value: { overlap_seconds: 3600 } },
      { summary: 'With the new one only', value: { overlap_seconds: 0 } },
    ],
  },
  testAlertSubscription: { errors: [OFF, FULL] },
};
