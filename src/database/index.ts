export * from './columns.js';
export { Database } from './database.js';
export * from './database.module.js';
export * from './page.js';
export {
  FileHeldError,
  isBusy,
  isConnectionLost,
  isDeadlock,
  isForeignKeyViolation,
  isUniqueViolation,
  surfaced,
} from './database-errors.js';
export * from './database-url.js';
export type { DatabaseLogger, DatabaseOptions } from './engine.js';
export { withLock, withLockIfFree } from './lock.js';
export { createServerDatabase, migrate, migrationStatus, revertLastMigration, schemaDrift } from './migrate.js';
export { type SelectedRows, type SelectLimit, SelectLimitError, type SelectLimits } from './select/select.js';
export { TEXT_PATTERNS } from './select/text-patterns.js';
export * from './table.js';
export type { Outcome as TransactionOutcome, TransactionOptions } from './transaction.js';
export type { Lane } from './write-queue.js';
export * from './lifecycle.js';
export * from './unique-or.js';
