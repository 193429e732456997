import { InvalidInputError } from '../../../common/errors/index.js';
import { type Place } from './tree.js';

const SHOWN_LENGTH = 60;

/** What a statement may be, in one sentence; part of refusals that cannot say it more narrowly. */
export const ALLOWED =
  'Allowed is one SELECT [DISTINCT] [TOP n] … FROM list [[INNER|LEFT] JOIN list ON …] [WHERE …] [GROUP BY …] ' +
  '[HAVING …] [ORDER BY …].';

/** A statement that is refused, and the place in it: line and column from 1, offset from 0, in UTF-16 units. */
export class SqlError extends InvalidInputError {
  constructor(
    readonly place: Place,
    detail: string,
  ) {
    const { line, column, offset } = place;
    super(`Line ${line}, column ${column}: ${detail}`, { source: '/sql', extra: { line, column, offset } });
  }
}

/** The statement as a whole takes too much of something. */
export class SqlLimitError extends InvalidInputError {
  constructor(detail: string, extra: Record<string, unknown> = {}) {
    super(detail, { source: '/sql', extra }, '422.max-exceeded');
  }
}

/** Text of the caller's, for a message. */
export function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text);
}
