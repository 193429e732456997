/** One fault in the input, for the door that lists all of them. */
export interface InputProblem {
  /** Where: `body` or `query`, then names and positions; last, in a text with a grammar, the offset of the character. */
  readonly loc: readonly (string | number)[];
  /** What was wrong there and what would be right. */
  readonly msg: string;
  /** Its kind, for programs: `missing`, `unknown`, `value_error`, or one of the thrower's own. */
  readonly type: string;
}

/** What an error may carry beside its code and title. Everything except `log` and `cause` is shown to the client. */
export interface ErrorDetails {
  /** What was wrong and what would be right, in one or two sentences. */
  detail?: string;
  /** RFC 6901 JSON pointer to the offending input. */
  source?: string;
  /** Every fault in the input; left out, the one that `source` points to. Only the account door lists them. */
  problems?: readonly InputProblem[];
  /** Machine-readable facts, e.g. the missing capability. */
  extra?: Record<string, unknown>;
  /** Response headers that belong to the refusal, e.g. `Retry-After`. */
  headers?: Record<string, string>;
  /** For the log only; never a secret. */
  log?: Record<string, unknown>;
  cause?: unknown;
}

/**
 * The root of every refusal. It knows its HTTP status and its stable code (`<status>.<kebab>`, management contract §4),
 * and no door: one filter renders it in the body of the door that the request came through.
 */
export class AppError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly details: ErrorDetails = {},
  ) {
    super(title, { cause: details.cause });
    this.name = new.target.name;
  }
}
