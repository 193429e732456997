import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  UnavailableError,
} from '../../common/errors/index.js';

const NAMED_COLUMNS_MAX = 20;
const SHOWN_LENGTH = 100;

/** Never was, was deleted, belongs to another hub, or may not be seen: all read the same. */
export class ListNotFoundError extends NotFoundError {
  constructor() {
    super('hub.list', 'There is no such list in this hub.');
  }
}

/** 503: its columns change all the time. */
export class ListChangingError extends UnavailableError {
  constructor() {
    super('The columns of the list are being changed. Try again.');
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
  constructor(pointer: string, detail: string) {
    super(detail, { source: `${pointer}/name` });
  }
}

export class ColumnNameTakenError extends InvalidInputError {
  constructor(pointer: string, name: string) {
    super(`Two columns are named "${name}". Names are compared without case.`, { source: `${pointer}/name` });
  }
}

export class TooManyColumnsError extends InvalidInputError {
  constructor(pointer: string, maximum: number) {
    super(
      `A list has at most ${maximum} Number and Boolean columns together, and at most ${maximum} String columns.`,
      { source: pointer, extra: { maximum } },
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

export class DefinitionsTooLongError extends InvalidInputError {
  constructor(pointer: string, maximum: number) {
    super(
      `The columns of the list together are longer than ${maximum} characters of JSON. Shorten their allowed_values.`,
      { source: pointer, extra: { maximum } },
      '422.max-exceeded',
    );
  }
}

/** Never was, or was dropped. */
export class ColumnNotFoundError extends NotFoundError {
  constructor() {
    super('hub.list-column', 'There is no such column in this list.');
  }
}

export class ColumnBusyError extends ConflictError {
  constructor(name: string, job: string) {
    super(
      `The column ${name} is being changed by the job ${job}. Wait until that has ended.`,
      { extra: { job } },
      '409.in-use',
    );
  }
}

export class LastColumnError extends ConflictError {
  constructor() {
    super('This is the only column of the list. Add another one first, or delete the list.', {}, '409.in-use');
  }
}

export class ListChangedError extends ConflictError {
  constructor() {
    super('The column was changed at the same time. Read the list again.', {}, '409.changed-meanwhile');
  }
}

interface RowsFound {
  readonly rows: number;
  readonly unconvertible: number;
  readonly breaking: number;
  readonly first: readonly object[];
}

/** Nothing was changed: rows that exist would lose their value, or break the rules. */
export class RowsInTheWayError extends ConflictError {
  constructor(name: string, check: RowsFound) {
    const { unconvertible, breaking } = check;
    const lost = `${unconvertible} rows hold values that the new type cannot hold (on_failure "empty" gives them up)`;
    const broken = `${breaking} rows would break the rules of ${name} (force leaves them as they are)`;
    const reasons = [...(unconvertible > 0 ? [lost] : []), ...(breaking > 0 ? [broken] : [])];
    super(`${reasons.join('; ')}. The first are in extra.check.`, { extra: { check } }, '409.in-use');
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

/** One cell of a row that its column's rules do not let in. */
export class RuleError extends InvalidInputError {
  constructor(column: string, rule: string, detail: string) {
    super(detail, { source: cellPointer(column), extra: { rule } });
  }
}

/** The column is being given another type, and the value would not outlive it. */
export class CellUnconvertibleError extends InvalidInputError {
  constructor(column: string, type: string) {
    super(`The column ${column} is being changed to ${type}: send a value that ${type} can hold, too.`, {
      source: cellPointer(column),
    });
  }
}

/** 403: the user group may write to the list, and not to this column of it. */
export class ColumnReadOnlyError extends ForbiddenError {
  constructor(name: string, column: string, right: string) {
    super(`The key's user group may not ${right} values of the column ${column}. Leave it out.`, {
      source: cellPointer(name),
      extra: { right, column },
    });
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
