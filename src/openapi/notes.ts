import { type AppError } from '../common/errors/index.js';
import { type ApiExample } from './types.js';

/** What no decorator says about an operation: bodies that run, errors of its own, headers of its success. */
export interface OperationNotes {
  readonly bodies?: readonly ApiExample[];
  readonly errors?: readonly AppError[];
  /** Name to description. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Stands where a reader puts in an id of their own. */
export const EXAMPLE_ID = '0199e2f1a0c34b5d6e7f8091';
export const OTHER_ID = '0199e2f1b77d4e0a92c5d318';
