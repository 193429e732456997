import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../common/errors/index.js';
import { entityTag } from '../common/precondition.js';
import { EXAMPLE_ID, type OperationNotes } from './notes.js';

const NO_LIST = new NotFoundError('hub.list', 'There is no such list in this hub.');
const NO_ROW = new NotFoundError('hub.list-row', 'There is no such row in this list.', {
  detail: 'No row has the ID 7.',
});
const NAME_TAKEN = new ConflictError('A list named "StockInfo" exists already. Names are compared without case.', {
  source: '/name',
});
const BUSY = new ConflictError(
  `The column Quantity is being changed by the job ${EXAMPLE_ID}. Wait until that has ended.`,
  { extra: { job: EXAMPLE_ID } },
  '409.in-use',
);
const CHECK = {
  rows: 1200,
  unconvertible: 1,
  breaking: 0,
  first: [{ row_id: 7, value: 'n/a', problem: 'A Number cannot hold this String.' }],
};
const IN_THE_WAY = new ConflictError(
  '1 rows hold values that the new type cannot hold (on_failure "empty" gives them up). The first are in extra.check.',
  { extra: { check: CHECK } },
  '409.in-use',
);
const CHANGED = new ConflictError(
  'The column was changed at the same time. Read the list again.',
  {},
  '409.changed-meanwhile',
);
const LAST_COLUMN = new ConflictError(
  'This is the only column of the list. Add another one first, or delete the list.',
  {},
  '409.in-use',
);
const BAD_RULE = new InvalidInputError('maximum must not be below minimum.', { source: '/maximum' });
const FULL = new InvalidInputError(
  'A list has at most 64 Number and Boolean columns together, and at most 64 String columns.',
  { source: '', extra: { maximum: 64 } },
  '422.max-exceeded',
);

/** What a write of a row can break besides its types. */
export const ROW_RULES = [
  new ForbiddenError("The key's user group may not change values of the column Quantity. Leave it out.", {
    source: '/data/Quantity',
    extra: { right: 'change', column: 'Quantity' },
  }),
  new InvalidInputError('The column Quantity takes numbers from 0 on.', {
    source: '/data/Quantity',
    extra: { rule: 'minimum' },
  }),
];

export const ROW_TAG = {
  ETag: `Names the state of the row, e.g. \`${entityTag({ id: `${EXAMPLE_ID}-4-7`, revision: 2 })}\`; for \`If-Match\`.`,
};

/** What no decorator says about the columns of lists, and about single rows. */
export const COLUMN_NOTES: Readonly<Record<string, OperationNotes>> = {
  updateList: { bodies: [{ summary: 'Another name', value: { name: 'Stock' } }], errors: [NAME_TAKEN] },
  addListColumn: {
    bodies: [
      {
        summary: 'Filled with its default',
        value: { name: 'Unit', type: 'String', allowed_values: ['kg', 'pcs'], default: 'pcs', fill: true },
      },
    ],
    errors: [BAD_RULE, FULL, IN_THE_WAY],
  },
  updateListColumn: {
    bodies: [
      { summary: 'Another name', value: { name: 'Amount' } },
      { summary: 'A rule, whatever the rows hold', value: { minimum: 0, force: true } },
      { summary: 'Another type, only to see what would be lost', value: { type: 'Boolean', dry_run: true } },
    ],
    errors: [BAD_RULE, BUSY, CHANGED, FULL, IN_THE_WAY],
  },
  deleteListColumn: { errors: [BUSY, LAST_COLUMN] },
  clearList: { bodies: [{ summary: 'The list StockInfo', value: { listName: 'StockInfo' } }], errors: [NO_LIST] },
  readRow: { errors: [NO_LIST, NO_ROW], headers: ROW_TAG },
};
