import { MissingRightError } from '../access/index.js';
import { ConflictError, InvalidInputError, NotFoundError, TooManyRequestsError } from '../common/errors/index.js';
import { EXAMPLE_ID, type OperationNotes } from './notes.js';

const NO_ALERT = new NotFoundError('hub.alert', 'There is no such alert.');
const NO_RIGHT = new MissingRightError('read');
const FULL = new ConflictError(
  'The user group has 20000 alerts, which is as many as can be, and none of the group’s is solved. ' +
    'Solve some (PUT …/alerts/solve) or delete some first.',
  { extra: { maximum: 20_000 } },
  '409.alerts-full',
);
const TOO_FAST = new TooManyRequestsError('This key sends more than 120 alerts a minute. Wait, then try again.', 42);
const NEITHER = new InvalidInputError(
  'Send notificationId for one alert, or {"all": true}.',
  { source: '/notificationId' },
  '422.missing-argument',
);
const ONE = { summary: 'One: put in its NotificationID', value: { notificationId: EXAMPLE_ID } };

/** What no decorator says about alerts. */
export const ALERT_NOTES: Readonly<Record<string, OperationNotes>> = {
  readAlerts: {
    errors: [NO_RIGHT],
    headers: { 'X-More-Rows': '`true` when older alerts follow, beyond `MaxRows`.' },
  },
  readAlert: { errors: [NO_RIGHT, NO_ALERT] },
  sendAlert: {
    bodies: [
      {
        summary: 'A warning about a box',
        value: { type: 'Warning', message: 'Paper is running low in printer 3.', boxId: 'PB0000PT' },
      },
      { summary: 'From a script', value: { type: 'Problem', message: 'The nightly import has failed.' } },
    ],
    errors: [FULL, TOO_FAST],
  },
  solveAlerts: {
    bodies: [{ summary: 'All that are new', value: { all: true } }, ONE],
    errors: [NO_ALERT, NEITHER],
  },
  deleteAlerts: {
    bodies: [{ summary: 'All that are solved', value: { all: true } }, ONE],
    errors: [NO_ALERT, NEITHER],
  },
};
