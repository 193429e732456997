import { AppError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';
import { TYPE_TEXTS, type ValueType } from './box-told.js';

const NAMES_MAX = 50;

/** The hub stands between: what went wrong is at the box or on the way. It names the box, and repeats nothing of it. */
export class BoxCallError extends AppError {
  /** @param box its box id */
  constructor(status: 502 | 504, code: string, box: string, why: string, cause?: unknown) {
    super(status, code, 'The box could not be called.', {
      detail: `The box ${box} ${why}`,
      extra: { box },
      cause,
    });
  }
}

/** The box cannot be spoken to now. What it told before may be shown instead. */
export class BoxUnreachableError extends BoxCallError {
  constructor(box: string, why: string, cause?: unknown) {
    super(502, '502.box-unreachable', box, why, cause);
  }
}

export class BoxTimeoutError extends BoxCallError {
  constructor(box: string, milliseconds: number, cause?: unknown) {
    const why = `did not answer within ${milliseconds} ms. What was asked of it may still happen; nothing is tried again.`;
    super(504, '504.box-timeout', box, why, cause);
  }
}

/** It answered, and the answer is none of its protocol. */
export class BoxAnswerError extends BoxCallError {
  constructor(box: string, why: string, cause?: unknown) {
    super(502, '502.box-answer', box, why, cause);
  }
}

export class BoxCredentialsError extends BoxCallError {
  constructor(box: string, present: boolean) {
    const why = present
      ? 'refused the credentials that the hub has for it. Ask who administers the hub to set those that it takes.'
      : 'asks for credentials, and the hub has none for it. Ask who administers the hub to set them.';
    super(502, '502.box-credentials', box, why);
  }
}

/** What a box was asked for and does not have. What it has is told to those who may read it: null tells nothing. */
export class NoSuchThingError extends NotFoundError {
  constructor(kind: 'function' | 'variable', box: string, names: readonly string[] | null) {
    const has = names === null ? '' : `The box ${box} has: ${listed(names.slice(0, NAMES_MAX))}. `;
    super(`hub.box.${kind}`, `The box has no such ${kind}.`, {
      detail: `${has}Names are compared without case.`,
      extra: { box, ...(names && { [`${kind}s`]: names.slice(0, NAMES_MAX) }) },
    });
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}

export class NoSuchListError extends NotFoundError {
  constructor(box: string, what: 'list' | 'list or row') {
    super('hub.box.list', `The box has no such ${what}.`, { extra: { box } });
  }
}

export class UnknownParameterError extends InvalidInputError {
  constructor(index: number, names: readonly string[] | null) {
    super(`The function has no such parameter.${names ? ` It has: ${listed(names)}.` : ''}`, {
      source: `/parameters/${index}/name`,
      ...(names && { extra: { parameters: names } }),
    });
  }
}

export class RepeatedParameterError extends InvalidInputError {
  constructor(index: number) {
    super('This parameter is given twice. Names are compared without case.', { source: `/parameters/${index}/name` });
  }
}

export class WrongTypeError extends InvalidInputError {
  constructor(source: string, type: ValueType) {
    super(`It is a ${type}: ${TYPE_TEXTS[type]}.`, { source, extra: { type } });
  }
}

export class RowRefusedError extends InvalidInputError {
  constructor(box: string) {
    super(`The box ${box} did not take the values: a column that it does not have, or a value of another type.`, {
      source: '/data',
      extra: { box },
    });
  }
}
