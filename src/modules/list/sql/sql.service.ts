import { Injectable } from '@nestjs/common';
import { Authenticator, mayTouchRows, type Principal } from '../../../access/index.js';
import { Clock } from '../../../common/clock.js';
import { UnavailableError } from '../../../common/errors/index.js';
import { Config } from '../../../config/index.js';
import { Database, type SelectedRows, type SelectLimit, SelectLimitError } from '../../../database/index.js';
import { type IndexLookup } from '../index-lookup.js';
import { PAGE_BYTES } from '../row-reader.js';
import { type ListTable, RowRepository } from '../row.repository.js';
import { type CellValue } from '../row-values.js';
import { type AnswerColumn, compileSelect } from './compile.js';
import { FairGate } from './fair-gate.js';
import { unknownList } from './names.js';
import { loadParser } from './parser-loader.js';
import { SqlError, SqlLimitError } from './sql.errors.js';
import { type Select } from './tree.js';

/** As of a page of a list. */
export const SQL_ROWS_MAX = 10_000;
export const SQL_LISTS_MAX = 8;

/** In the whole process: each may take a core and, on SQLite, a process with its memory. */
const AT_ONCE = 2;
const WAITING_PER_HUB_MAX = 20;
/** How often a statement is begun anew because a list of it was changed meanwhile. */
const ATTEMPTS = 3;
/** An index is used where it finds this part of a list at most, within these bounds. */
const FEW_PART = 20;
const FEW_ROWS_MIN = 1000;
const FEW_ROWS_MAX = 50_000;

export interface SqlTable {
  readonly columns: readonly AnswerColumn[];
  readonly rows: readonly (readonly CellValue[])[];
  /** Rows follow that the limits cut off. */
  readonly more: boolean;
}

/** SELECT over the lists that a key may read (decision 0013). A list that it may not read does not exist in it. */
@Injectable()
export class SqlService {
  private readonly gate = new FairGate(AT_ONCE, WAITING_PER_HUB_MAX);

  constructor(
    private readonly lists: RowRepository,
    private readonly database: Database,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly authenticator: Authenticator,
  ) {}

  /** @throws SqlError for what is not of the subset, SqlLimitError for what takes too much */
  async select(principal: Principal, text: string): Promise<SqlTable> {
    const { parseSelect } = await loadParser();
    const select = parseSelect(text);
    assertFew(select);
    return this.gate.run(principal.hubId, async () => {
      await this.authenticator.assertStillHolds(principal);
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const table = await this.attempt(principal, select);
        if (table) {
          return table;
        }
      }
      throw new UnavailableError('The lists of the statement are being changed. Send it again.');
    });
  }

  /** Null when a list was changed or deleted meanwhile: its rows may have been read as if there were none. */
  private async attempt(principal: Principal, select: Select): Promise<SqlTable | null> {
    const tables = await this.readable(principal, select);
    const now = this.clock.now();
    const { columns, lookups, write } = compileSelect(select, tables, {
      kind: this.database.kind,
      now,
      rowsMax: SQL_ROWS_MAX + 1,
    });
    const narrowed: (IndexLookup | null)[] = [];
    for (const [index, table] of tables.entries()) {
      narrowed.push(await this.narrowing(table, lookups[index] ?? []));
    }
    const sql = write(narrowed);
    const found = await this.run(sql.text, sql.parameters, columns);
    const after = await this.readable(principal, select);
    const same = tables.every(
      ({ id, revision }, index) => after[index]?.id === id && after[index].revision === revision,
    );
    const rows = found.rows.map((row) => row.map((value, index) => cellOf(columns[index], value)));
    return same ? { columns, rows, more: found.more } : null;
  }

  private async readable(principal: Principal, { from, joins }: Select): Promise<ListTable[]> {
    const tables: ListTable[] = [];
    for (const { name } of [from, ...joins]) {
      const table = await this.lists.findTable(principal.hubId, name.text);
      if (!table || !mayTouchRows(principal, 'read', { hubId: table.hubId, listId: table.id })) {
        throw unknownList(name);
      }
      tables.push(table);
    }
    return tables;
  }

  /** The first of the lookups that finds few of the list's rows. Rows one by one cost more than all in their order. */
  private async narrowing({ rowCount }: ListTable, lookups: readonly IndexLookup[]): Promise<IndexLookup | null> {
    const few = Math.min(FEW_ROWS_MAX, Math.max(FEW_ROWS_MIN, Math.floor(rowCount / FEW_PART)));
    for (const lookup of lookups) {
      const counted = `SELECT COUNT(*) AS v0 FROM (${lookup.sql} LIMIT ${few + 1}) AS found`;
      const { rows } = await this.run(counted, lookup.parameters, []);
      if (Number(rows[0]?.[0]) <= few) {
        return lookup;
      }
    }
    return null;
  }

  private async run(
    sql: string,
    parameters: readonly unknown[],
    columns: readonly AnswerColumn[],
  ): Promise<SelectedRows> {
    const timeoutMilliseconds = this.config.sqlTimeoutMilliseconds;
    const cellBytes = columns.map(({ name }) => Buffer.byteLength(JSON.stringify({ column: name, value: 0 })));
    const limits = { timeoutMilliseconds, rowsMax: SQL_ROWS_MAX, bytesMax: PAGE_BYTES, cellBytes };
    try {
      return await this.database.select(sql, parameters, limits);
    } catch (error) {
      throw error instanceof SelectLimitError ? this.refusal(error.limit) : error;
    }
  }

  private refusal(limit: SelectLimit): SqlLimitError {
    const maximum = this.config.sqlTimeoutMilliseconds;
    switch (limit) {
      case 'time':
        return new SqlLimitError(`The statement took longer than ${maximum} ms and was ended. Narrow it by WHERE.`, {
          maximum,
        });
      case 'memory':
        return new SqlLimitError('The statement needs too much memory. Narrow it by WHERE, or sort and group less.');
      case 'number':
        return new SqlLimitError('A number of the statement is beyond what a double holds.');
      case 'row':
        return new SqlLimitError(`A row alone is longer than ${PAGE_BYTES} bytes. Select fewer columns.`, {
          maximum: PAGE_BYTES,
        });
    }
  }
}

function assertFew({ joins }: Select): void {
  const beyond = joins[SQL_LISTS_MAX - 1];
  if (beyond) {
    throw new SqlError(beyond.name.place, `A statement joins at most ${SQL_LISTS_MAX} lists.`);
  }
}

/** Texts of servers come as bytes. */
function cellOf(column: AnswerColumn | undefined, value: unknown): CellValue {
  if (value === null || value === undefined) {
    return null;
  }
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString();
  }
  return column?.holds === 'Boolean' ? value !== 0 : (value as CellValue);
}
