import { type EntityManager } from 'typeorm';
import { platformPrincipal } from '../../../src/access/index.js';
import { textKey } from '../../../src/modules/list/index-entries.js';
import { ListService } from '../../../src/modules/list/index.js';
import { type ColumnInput, type ListColumn } from '../../../src/modules/list/list-columns.js';
import { readSlotValues, type SlotValues } from '../../../src/modules/list/row-values.js';
import { RowWriteRepository } from '../../../src/modules/list/row-write.repository.js';
import { type ListTable, RowRepository } from '../../../src/modules/list/row.repository.js';
import { type TestHub } from '../../support/factory.js';
import { type TestApp } from '../../support/test-app.js';

export type Data = Readonly<Record<string, unknown>>;

interface Entry {
  readonly slot: number;
  readonly has_value: number;
  readonly value: number | string;
  readonly row_id: number;
}

/** A list, and its rows as its repositories write and read them. */
export class IndexedList {
  private constructor(
    readonly app: TestApp,
    readonly hub: TestHub,
    readonly id: string,
    readonly name: string,
  ) {}

  static async make(app: TestApp, columns: readonly ColumnInput[], hub?: TestHub): Promise<IndexedList> {
    const of = hub ?? (await app.create.hub());
    const name = 'Indexed';
    const { id } = await app.nest.get(ListService).create(platformPrincipal(of.id), { name, columns });
    return new IndexedList(app, of, id, name);
  }

  async table(tx?: EntityManager): Promise<ListTable> {
    const table = await this.app.nest.get(RowRepository).findTable(this.hub.id, this.name, tx);
    if (!table) {
      throw new Error('The list is gone.');
    }
    return table;
  }

  /** In one transaction. */
  write<T>(work: (writes: RowWriteRepository, tx: EntityManager, table: ListTable) => Promise<T>): Promise<T> {
    return this.app.database.transaction(async (tx) => {
      return work(this.app.nest.get(RowWriteRepository), tx, await this.table(tx));
    });
  }

  addMany(rows: readonly Data[]): Promise<number[]> {
    return this.write((writes, tx, table) =>
      writes.insertMany(
        tx,
        table,
        rows.map((row) => valuesOf(table, row)),
      ),
    );
  }

  add(row: Data): Promise<number> {
    return this.write((writes, tx, table) => writes.insert(tx, table, valuesOf(table, row)));
  }

  change(rowId: number, row: Data): Promise<void> {
    return this.write((writes, tx, table) => writes.update(tx, table, rowId, valuesOf(table, row)));
  }

  remove(rowId: number): Promise<void> {
    return this.write((writes, tx, table) => writes.remove(tx, table, rowId));
  }

  removeFirst(limit: number): Promise<number> {
    return this.write(async (writes, tx, table) => {
      const first =
        'SELECT row_id FROM list_row WHERE list_no = (SELECT no FROM list WHERE id = ?) ORDER BY row_id LIMIT ?';
      const rows = await tx.query<{ row_id: number }[]>(first, [this.id, limit]);
      for (const { row_id } of rows) {
        await writes.remove(tx, table, row_id);
      }
      return rows.length;
    });
  }

  async column(name: string): Promise<ListColumn> {
    const column = (await this.table()).columns.find((one) => one.name === name);
    if (!column) {
      throw new Error(`There is no column ${name}.`);
    }
    return column;
  }

  /** Each row has exactly one entry for each of these columns, and there are no others. */
  async expectEntries(names: readonly string[]): Promise<void> {
    const columns = (await this.table()).columns.filter(({ name }) => names.includes(name));
    for (const [index, text] of [
      ['list_index_number', false],
      ['list_index_text', true],
    ] as const) {
      const own = columns.filter(({ type }) => (type === 'String') === text);
      const [found, expected] = [await this.entries(index), await this.expectedEntries(own)].map((all) =>
        JSON.stringify(all),
      );
      if (found !== expected) {
        throw new Error(`${index} holds ${found} instead of ${expected}.`);
      }
    }
  }

  async entries(index: 'list_index_number' | 'list_index_text'): Promise<Entry[]> {
    const sql = `SELECT slot, has_value, value, row_id FROM ${index} WHERE list_no = (SELECT no FROM list WHERE id = ?)`;
    const found = await this.app.database.query<Record<keyof Entry, unknown>>(sql, [this.id]);
    const value = (one: unknown) => (typeof one === 'number' ? one : Buffer.from(one as Uint8Array).toString('hex'));
    return found
      .map(({ slot, has_value, value: one, row_id }) => ({ slot, has_value, value: value(one), row_id }) as Entry)
      .sort(byRow);
  }

  private async expectedEntries(columns: readonly ListColumn[]): Promise<Entry[]> {
    const sql = 'SELECT * FROM list_row WHERE list_no = (SELECT no FROM list WHERE id = ?)';
    const rows = await this.app.database.query<Record<string, number | string | null>>(sql, [this.id]);
    return columns.flatMap((column) => rows.map((row) => entryOf(column, row))).sort(byRow);
  }
}

/** What must be there for the test to make sense. */
export function there<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) {
    throw new Error('Nothing is there.');
  }
  return value;
}

export function valuesOf(table: ListTable, row: Data): SlotValues {
  return readSlotValues(table.columns, row);
}

function entryOf({ slot, type }: ListColumn, row: Readonly<Record<string, number | string | null>>): Entry {
  const cell = row[slot] ?? null;
  const value = type === 'String' ? textKey(String(cell ?? '')).toString('hex') : Number(cell ?? 0);
  return { slot: Number(slot.slice(1)), has_value: cell === null ? 0 : 1, value, row_id: Number(row['row_id']) };
}

const byRow = (a: Entry, b: Entry): number => a.slot - b.slot || a.row_id - b.row_id;
