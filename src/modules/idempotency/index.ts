export * from './idempotency.module.js';
export * from './idempotency.errors.js';
export { IdempotencyPurge } from './idempotency-purge.js';
export { heedsIdempotencyKey } from './keyed-request.js';
