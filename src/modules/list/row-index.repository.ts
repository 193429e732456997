import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../../database/index.js';
import { entryOf, INDEX_TABLES, indexTableOf, isKept, type IndexTable, type RowSpan } from './index-entries.js';
import { type ListColumn } from './list-columns.js';
import { LIST_NO, type ListTable } from './row.repository.js';

type IndexedTable = Pick<ListTable, 'hubId' | 'id' | 'columns'>;

/**
 * Keeps the entries of indexed columns, in the transaction that writes the rows: each row has one for each of them. The
 * database makes an entry from the row itself, so that none can differ from its row. Without indexed columns nothing is sent.
 */
@Injectable()
export class RowIndexRepository {
  constructor(private readonly database: Database) {}

  /** Gives rows their entries after they were added or changed. They have none for these columns. */
  async add(tx: EntityManager, table: IndexedTable, span: RowSpan, slots?: ReadonlySet<string>): Promise<void> {
    const columns = keptColumns(table, slots);
    for (const index of INDEX_TABLES) {
      const selects = columns.filter((column) => indexTableOf(column) === index).map((column) => this.entries(column));
      if (selects.length > 0) {
        const sql = `INSERT INTO ${index} (list_no, slot, has_value, value, row_id) ${selects.join(' UNION ALL ')}`;
        await tx.query(
          sql,
          selects.flatMap(() => place(table, span)),
        );
      }
    }
  }

  /** Takes the entries of rows away before they are changed or deleted. @param slots only those of these columns */
  async remove(tx: EntityManager, table: IndexedTable, span: RowSpan, slots?: ReadonlySet<string>): Promise<void> {
    for (const column of keptColumns(table, slots)) {
      const index = indexTableOf(column);
      const sql =
        this.database.kind === 'sqlite' ? this.removeBySelect(index, column) : this.removeByJoin(index, column);
      await tx.query(sql, place(table, span));
    }
  }

  private entries(column: ListColumn): string {
    const expressions = Object.entries(entryOf(this.database.kind, column)).map(
      ([name, value]) => `${value} AS ${name}`,
    );
    return `SELECT ${expressions.join(', ')} FROM list_row r WHERE ${SPAN}`;
  }

  private removeBySelect(index: IndexTable, column: ListColumn): string {
    return `DELETE FROM ${index} WHERE (list_no, slot, has_value, value, row_id) IN (${this.entries(column)})`;
  }

  /** Servers do not look up entries that a subquery names in a DELETE; they would read the whole index. */
  private removeByJoin(index: IndexTable, column: ListColumn): string {
    const entry = Object.entries(entryOf(this.database.kind, column)).map(([name, value]) => `i.${name} = ${value}`);
    return `DELETE i FROM list_row r STRAIGHT_JOIN ${index} i ON ${entry.join(' AND ')} WHERE ${SPAN}`;
  }
}

const SPAN = `r.list_no = ${LIST_NO} AND r.row_id >= ? AND r.row_id <= ?`;

function place({ hubId, id }: IndexedTable, { from, to }: RowSpan): unknown[] {
  return [hubId, id, from, to];
}

function keptColumns({ columns }: IndexedTable, slots?: ReadonlySet<string>): ListColumn[] {
  return columns.filter((column) => isKept(column) && slots?.has(column.slot) !== false);
}
