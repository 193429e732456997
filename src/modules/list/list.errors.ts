import { ConflictError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';

const NAMED_COLUMNS_MAX = 20;
const SHOWN_LENGTH = 100;

/** Never was, was deleted, belongs to another hub, or may not be seen: all read the same. */
export class ListNotFoundError extends NotFoundError {
  constructor() {
    super('hub.list', 'There is no such list in this hub.');
  }
}

export class RowNotFoundError extends NotFoundError {
  constructor(rowId: number) {
    super('hub.list-row', 'There is no such row in this list.', { detail: `No row has the ID ${rowId}.` });
  }
}

export class ListNameTakenError extends ConflictError {
  constructor(name: string) {
    super(`A list named "${name}" exists already. Names are compared without case.`, { source: '/name' });
  }
}

export class ReservedColumnError extends InvalidInputError {
  constructor(index: number, detail: string) {
    super(detail, { source: `/columns/${index}/name` });
  }
}

export class ColumnNameTakenError extends InvalidInputError {
  constructor(index: number, name: string) {
    super(`Two columns are named "${name}". Names are compared without case.`, { source: `/columns/${index}/name` });
  }
}

export class TooManyColumnsError extends InvalidInputError {
  constructor(index: number, maximum: number) {
    super(
      `A list has at most ${maximum} Number and Boolean columns together, and at most ${maximum} String columns.`,
      { source: `/columns/${index}`, extra: { maximum } },
      '422.max-exceeded',
    );
  }
}

/** @param source where the body asks for one more */
export class TooManyIndexesError extends InvalidInputError {
  constructor(maximum: number, source: string) {
    super(
      `A list has at most ${maximum} indexed columns. Index those that rows are sorted or filtered by.`,
      { source, extra: { maximum } },
      '422.max-exceeded',
    );
  }
}

export class UnknownColumnsError extends InvalidInputError {
  constructor(unknown: readonly string[]) {
    const shown = unknown.slice(0, NAMED_COLUMNS_MAX).map(clip);
    super(`The list has no column named ${shown.map((name) => JSON.stringify(name)).join(', ')}.`, {
      source: cellPointer(unknown[0] ?? ''),
      extra: { unknown: shown },
    });
  }
}

/** One cell of a row that cannot be stored as it was sent. */
export class CellError extends InvalidInputError {
  constructor(column: string, detail: string) {
    super(detail, { source: cellPointer(column) });
  }
}

export class NothingToChangeError extends InvalidInputError {
  constructor() {
    super('data names no column. Send at least one; null empties a cell.', { source: '/data' });
  }
}

export class UnknownSortColumnError extends InvalidInputError {
  constructor(name: string) {
    super(`The list has no column named ${JSON.stringify(clip(name))}.`, { source: '/query/SortColumn' });
  }
}

export class SortTooLargeError extends InvalidInputError {
  constructor(maximum: number) {
    super(
      `A list of more than ${maximum} rows is sorted by ID and by indexed columns only. Name one of them, or leave ` +
        'SortColumn out. An index that is still being built does not count yet.',
      { source: '/query/SortColumn', extra: { maximum } },
      '422.max-exceeded',
    );
  }
}

/** RFC 6901 §3. */
function cellPointer(column: string): string {
  return `/data/${clip(column).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function clip(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
