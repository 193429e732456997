import { AppError, ConflictError, ForbiddenError, InvalidInputError } from '../common/errors/index.js';
import { type OperationNotes } from './notes.js';

const CSV = 'MaterialNo,Quantity,Locked\r\n"A-4711",12,false\r\n"A-4712",,\r\n';
const TOO_LARGE = new AppError(413, '413.max-exceeded', 'The body is too large.', {
  detail:
    'A file to import may have 33554432 bytes (server setting IMPORT_MAX_BYTES). Send it in parts: mode append.',
  source: '/body',
  extra: { maximum: 33_554_432 },
});
const WAITING = new ConflictError(
  'Too many files of this hub wait to be imported. Send it again when one of them is done.',
  {},
  '409.in-progress',
);
const NO_SESSION = new ForbiddenError(
  'An import writes rows, and a session has no rights on rows. Use an API key with the scope write:lists whose user ' +
    'group has the rights that the import needs: add; for replace also clear; for create add on every list (*).',
);
const READ_ONLY = new ForbiddenError(
  "The key's user group may not write these columns: Quantity. Leave them out of the file.",
  { extra: { right: 'add', columns: ['Quantity'] } },
);
const OPEN_QUOTE = new InvalidInputError('A quote that is opened in row 3 is never closed.', {
  source: '/body',
  extra: { row: 3 },
});
const UNKNOWN = new InvalidInputError('The list has no column named "Colour". It has "MaterialNo", "Quantity".', {
  source: '/body',
  extra: { row: 1, columns: ['Colour'] },
});
const NAME_TAKEN = new ConflictError('A list named "StockInfo" exists already. Names are compared without case.', {
  source: '/name',
});
const BODIES = [{ summary: 'Two rows of the list StockInfo; the second has two empty cells', value: CSV }];

/** What no decorator says about imports. */
export const LIST_IMPORT_NOTES: Readonly<Record<string, OperationNotes>> = {
  createListByImport: { bodies: BODIES, errors: [NO_SESSION, TOO_LARGE, WAITING, OPEN_QUOTE, NAME_TAKEN] },
  importList: { bodies: BODIES, errors: [NO_SESSION, READ_ONLY, TOO_LARGE, WAITING, OPEN_QUOTE, UNKNOWN] },
};
