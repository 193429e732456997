import { InvalidInputError } from '../common/errors/index.js';
import { type OperationNotes } from './notes.js';

const UNKNOWN_LIST = new InvalidInputError('Line 1, column 10: There is no list "StockInf" that this key may read.', {
  source: '/sql',
  extra: { line: 1, column: 10, offset: 9 },
});
const TOO_LONG = new InvalidInputError(
  'The statement took longer than 5000 ms and was ended. Narrow it by WHERE.',
  { source: '/sql', extra: { maximum: 5000 } },
  '422.max-exceeded',
);

/** What no decorator says about SQL over lists. */
export const SQL_NOTES: Readonly<Record<string, OperationNotes>> = {
  queryLists: {
    bodies: [
      {
        summary: 'How many rows are locked',
        value: { sql: 'select count(*) as Counter, Locked from StockInfo group by Locked' },
      },
    ],
    errors: [UNKNOWN_LIST, TOO_LONG],
  },
};
