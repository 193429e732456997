import { MissingRightError } from '../access/index.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../common/errors/index.js';
import { type OperationNotes } from './notes.js';

const NO_VARIABLE = new NotFoundError('hub.variable', 'There is no such variable in this hub.');
const NAME_TAKEN = new ConflictError('A variable named "LineSpeed" exists already. Names are compared without case.', {
  source: '/name',
});
const TOO_MANY = new InvalidInputError(
  'A hub has at most 500 variables. Delete one first, or keep many values in a list.',
  { extra: { maximum: 500 } },
  '422.max-exceeded',
);
const WRONG_VALUE = new InvalidInputError(
  'The value of this Number variable is a JSON number that a double can hold, or null.',
  { source: '/value' },
);

/** What no decorator says about variables. */
export const VARIABLE_NOTES: Readonly<Record<string, OperationNotes>> = {
  createVariable: {
    bodies: [
      { summary: 'A number', value: { name: 'LineSpeed', type: 'Number', value: 12.5 } },
      { summary: 'A text without a value yet', value: { name: 'Shift', type: 'String', description: 'Who is there' } },
    ],
    errors: [NAME_TAKEN, TOO_MANY, WRONG_VALUE],
  },
  updateVariable: {
    bodies: [
      { summary: 'Another name', value: { name: 'Line speed' } },
      { summary: 'Another value', value: { value: 14 } },
    ],
    errors: [NAME_TAKEN, WRONG_VALUE],
  },
  readVariable: {
    errors: [new MissingRightError('read'), NO_VARIABLE],
    headers: { ETag: 'Names this state of the variable; for `If-Match`.' },
  },
  setVariable: {
    bodies: [{ summary: 'A number, into the variable LineSpeed', value: { name: 'LineSpeed', value: 14 } }],
    errors: [NO_VARIABLE, WRONG_VALUE],
    headers: { ETag: 'Names the state that the variable has now.' },
  },
};
