import { type MigrationSet } from './migration-sets.js';

/** `during`, on servers only: the statement was sent, and another node already waits to migrate. */
export type Moment = 'before' | 'during' | 'after';

/** Where a migrating process dies: at its n-th statement, from 1. */
export interface Kill {
  readonly set: MigrationSet;
  readonly moment: Moment;
  readonly number: number;
}
