import {
  AppError,
  ConflictError,
  InvalidInputError,
  NotFoundError,
  TooManyRequestsError,
} from '../common/errors/index.js';
import { type OperationNotes } from './notes.js';

const BOX = 'PB0000PT';
const extra = { box: BOX };
const FUNCTIONS = ['StartLine', 'CountPieces'];

const NO_BOX = new NotFoundError('hub.box', 'There is no such box in this hub.');
const TAKEN = new ConflictError(`A box with the box id "${BOX}" exists already. Box ids are compared without case.`, {
  source: '/box_id',
});
const NO_TOKEN = new ConflictError('The box has no token to end.', {}, '409.not-begun');
const BAD_ADDRESS = new InvalidInputError(
  'address is host, host:port, or either behind http:// or https://, without a path; or null.',
  { source: '/address' },
);
const UNREACHABLE = call(502, '502.box-unreachable', 'takes no connection. Is it on?');
const TIMEOUT = call(
  504,
  '504.box-timeout',
  'did not answer within 10000 ms. What was asked of it may still happen; nothing is tried again.',
);
const ANSWER = call(502, '502.box-answer', 'answered with something else than JSON.');
const CREDENTIALS = call(
  502,
  '502.box-credentials',
  'refused the credentials that the hub has for it. Ask who administers the hub to set those that it takes.',
);
const NO_FUNCTION = new NotFoundError('hub.box.function', 'The box has no such function.', {
  detail: `The box ${BOX} has: ${FUNCTIONS.join(', ')}. Names are compared without case.`,
  extra: { ...extra, functions: FUNCTIONS },
});
const NO_VARIABLE = new NotFoundError('hub.box.variable', 'The box has no such variable.', {
  detail: `The box ${BOX} has: Counter, Message. Names are compared without case.`,
  extra: { ...extra, variables: ['Counter', 'Message'] },
});
const NO_LIST = new NotFoundError('hub.box.list', 'The box has no such list or row.', { extra });
const WRONG_TYPE = new InvalidInputError('It is a Number: a JSON number that a double can hold.', {
  source: '/parameters/0/value',
  extra: { type: 'Number' },
});
const TOO_MANY = new TooManyRequestsError('A box may report 60 times a minute. Report less often.', 60);

const CALLS = [NO_BOX, UNREACHABLE, ANSWER, CREDENTIALS, TIMEOUT];
const REPORTED = { 'X-Reported-At': 'When the box told this. Absent when it was asked just now.' };
const TARGET = { boxId: BOX, listName: 'Orders' };

const BOX_BODY = { box_id: BOX, name: 'Packing line 3', group: 'Packing' };

/** What no decorator says about boxes. */
export const BOX_NOTES: Readonly<Record<string, OperationNotes>> = {
  createHubBox: {
    bodies: [
      { summary: 'A box that reports itself, and is never called', value: BOX_BODY },
      {
        summary: 'A box that the hub calls',
        value: { ...BOX_BODY, address: '10.20.0.31', credentials: { user: 'hub', password: 'a long password' } },
      },
    ],
    errors: [TAKEN, BAD_ADDRESS],
  },
  updateHubBox: {
    bodies: [
      { summary: 'Another label', value: { group: 'Shipping' } },
      {
        summary: 'Another address, and the credentials for it',
        value: { address: '10.20.0.32', credentials: { token: 'a-token-of-the-box' } },
      },
      { summary: 'No credentials any more', value: { credentials: null } },
    ],
    errors: [TAKEN, BAD_ADDRESS],
  },
  deleteHubBoxToken: { errors: [NO_TOKEN] },
  reportBox: {
    bodies: [
      { summary: 'I am here', value: { version: '4.1.2', state: 'online' } },
      {
        summary: 'What I share',
        value: {
          functions: [
            {
              Name: 'StartLine',
              Description: 'Starts one line',
              ReturnType: 'Boolean',
              Parameters: [{ ParameterName: 'Line', ParameterType: 'Number', Description: null }],
            },
          ],
          variables: [{ name: 'Counter', type: 'Number', value: 12 }],
        },
      },
    ],
    errors: [TOO_MANY],
  },
  getBoxFunctions: { errors: CALLS, headers: REPORTED },
  getBoxScreenshot: { errors: CALLS, headers: REPORTED },
  getBoxVariables: { errors: CALLS, headers: REPORTED },
  runBoxFunction: {
    bodies: [
      {
        summary: 'A function with a parameter',
        value: { boxId: BOX, functionName: 'StartLine', parameters: [{ name: 'Line', value: 3 }] },
      },
      { summary: 'A function without parameters', value: { boxId: BOX, functionName: 'CountPieces' } },
    ],
    errors: [...CALLS, NO_FUNCTION, WRONG_TYPE],
  },
  changeBoxVariable: {
    bodies: [{ summary: 'A number', value: { boxId: BOX, name: 'Counter', value: 12 } }],
    errors: [...CALLS, NO_VARIABLE],
  },
  readBoxLists: { errors: [...CALLS, NO_LIST] },
  addBoxRow: {
    bodies: [{ summary: 'One row', value: { ...TARGET, data: { Product: 'A-4711', Quantity: 12 } } }],
    errors: [...CALLS, NO_LIST],
  },
  changeBoxRow: {
    bodies: [{ summary: 'One value of one row', value: { ...TARGET, rowId: 1, data: { Quantity: 11 } } }],
    errors: [...CALLS, NO_LIST],
  },
  deleteBoxRow: {
    bodies: [{ summary: 'The first row', value: { ...TARGET, rowId: 1 } }],
    errors: [...CALLS, NO_LIST],
  },
};

function call(status: 502 | 504, code: string, why: string): AppError {
  return new AppError(status, code, 'The box could not be called.', { detail: `The box ${BOX} ${why}`, extra });
}
