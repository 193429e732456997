import { ConflictError, InvalidInputError } from '../../common/errors/index.js';

const SOURCE = '/header/Idempotency-Key';

export class InvalidIdempotencyKeyError extends InvalidInputError {
  constructor() {
    super('An Idempotency-Key is 1 to 255 visible ASCII characters without blanks, sent once; a UUID is a good one.', {
      source: SOURCE,
    });
  }
}

export class IdempotencyKeyReusedError extends ConflictError {
  constructor() {
    super(
      'This Idempotency-Key was used for another body or query. Repeat that request as it was, or take a new key for this one.',
      { source: SOURCE },
      '409.idempotency-key-reused',
    );
  }
}

/** It, or a repetition of it, is still being worked on, maybe by another node. */
export class RequestInProgressError extends ConflictError {
  constructor() {
    super(
      'The first request with this Idempotency-Key has not been answered yet. Send it again in a moment, with the same key.',
      { source: SOURCE, headers: { 'Retry-After': '1' } },
      '409.in-progress',
    );
  }
}
