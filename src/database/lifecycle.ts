import { Column } from 'typeorm';
import { idColumn, stringColumn, timeColumn } from './columns.js';
import { column, type ColumnSpec } from './table.js';

/** Who made a row, and its moments in epoch milliseconds. A deleted row stays, with the moment in `deletedAt`. */
export abstract class Lifecycle {
  @Column(stringColumn(16, { name: 'creator_type' }))
  creatorType: string;

  @Column(idColumn({ name: 'creator_id' }))
  creatorId: string;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(timeColumn({ name: 'updated_at' }))
  updatedAt: number;

  @Column(timeColumn({ name: 'deleted_at', nullable: true }))
  deletedAt: number | null;
}

/** The same columns for a migration. */
export const LIFECYCLE_COLUMNS: readonly ColumnSpec[] = [
  column.string('creator_type', 16),
  column.id('creator_id'),
  column.time('created_at'),
  column.time('updated_at'),
  column.time('deleted_at', { nullable: true }),
];

/** The lifecycle of a row that is made now. */
export function bornOf(
  creator: { readonly id: string; readonly type: string },
  now: number,
): Pick<Lifecycle, keyof Lifecycle> {
  return { creatorType: creator.type, creatorId: creator.id, createdAt: now, updatedAt: now, deletedAt: null };
}
