import {
  AppError,
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
} from '../../common/errors/index.js';

const SHOWN_LENGTH = 100;

/** Never was, or belongs to another hub: both read the same. */
export class ImportNotFoundError extends NotFoundError {
  constructor() {
    super('hub.list-import', 'There is no such import in this hub.');
  }
}

/** The file as a whole cannot be read. Nothing was written. */
export class BadCsvError extends InvalidInputError {
  constructor(detail: string, row?: number) {
    super(detail, { source: '/body', ...(row === undefined ? {} : { extra: { row } }) });
  }
}

/** The header line does not fit. */
export class BadHeaderError extends InvalidInputError {
  constructor(detail: string, names: readonly string[] = []) {
    super(detail, { source: '/body', extra: { row: 1, columns: names.slice(0, 20).map(clip) } });
  }
}

export class ImportTooLargeError extends AppError {
  constructor(maximum: number) {
    super(413, '413.max-exceeded', 'The body is too large.', {
      detail: `A file to import may have ${maximum} bytes (server setting IMPORT_MAX_BYTES). Send it in parts: mode append.`,
      source: '/body',
      extra: { maximum },
    });
  }
}

/** What waits to be imported is kept in the database, and may not fill it. */
export class TooManyImportsError extends ConflictError {
  constructor() {
    super(
      'Too many files of this hub wait to be imported. Send it again when one of them is done.',
      { headers: { 'Retry-After': '30' } },
      '409.in-progress',
    );
  }
}

export class SessionCannotImportError extends ForbiddenError {
  constructor() {
    super(
      'An import writes rows, and a session has no rights on rows. Use an API key with the scope write:lists whose ' +
        'user group has the rights that the import needs: add; for replace also clear; for create add on every list (*).',
    );
  }
}

export class ReadOnlyColumnsError extends ForbiddenError {
  constructor(names: readonly string[]) {
    super(
      `The key's user group may not write these columns: ${names.map(clip).join(', ')}. Leave them out of the file.`,
      {
        extra: { right: 'add', columns: names.slice(0, 20).map(clip) },
      },
    );
  }
}

/** Another node has done this part of an import meanwhile: what this one did of it is undone. */
export class SupersededError extends Error {}

/** What an import needs to go on is no longer there, or no longer as it was. */
export class ImportStoppedError extends ConflictError {
  constructor(detail: string) {
    super(detail, {}, '409.changed-meanwhile');
  }
}

/** Ends the job of an import that has failed, with the reason that was kept with it. */
export class ImportFailedError extends ConflictError {
  constructor(reason: string) {
    super(reason);
  }
}

export function clip(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
