import { DatabaseSync } from '@photostructure/sqlite';
import { bindableNumber } from './sqlite-numbers.js';

type Statement = ReturnType<InstanceType<typeof DatabaseSync>['prepare']>;

interface PreparedStatement {
  reader: boolean;
  all(...parameters: unknown[]): unknown[];
  get(...parameters: unknown[]): unknown;
  run(...parameters: unknown[]): { changes: number; lastInsertRowid: number | bigint };
}

/** Extended result codes that callers tell apart; the rest keeps the primary code's name. */
const CODE_NAMES = new Map([
  [2067, 'SQLITE_CONSTRAINT_UNIQUE'],
  [1555, 'SQLITE_CONSTRAINT_PRIMARYKEY'],
  [787, 'SQLITE_CONSTRAINT_FOREIGNKEY'],
  [1811, 'SQLITE_CONSTRAINT_TRIGGER'],
  [1299, 'SQLITE_CONSTRAINT_NOTNULL'],
  [5, 'SQLITE_BUSY'],
  [6, 'SQLITE_LOCKED'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [19, 'SQLITE_CONSTRAINT'],
  [26, 'SQLITE_NOTADB'],
]);

const CACHED_STATEMENTS = 500;

/** Gives an error the code that better-sqlite3 would have given, and throws it. */
function named<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const number = (error as { errcode?: number }).errcode;
    if (number !== undefined) {
      const name = CODE_NAMES.get(number) ?? CODE_NAMES.get(number & 0xff);
      Object.assign(error as object, { code: name ?? `SQLITE_ERROR_${number}` });
    }
    throw error;
  }
}

function bindable(value: unknown): unknown {
  if (typeof value === 'boolean') {
    return value ? 1 : 0;
  }
  if (typeof value === 'number') {
    return bindableNumber(value);
  }
  return value === undefined ? null : value;
}

/** A bare `LIMIT ?` makes SQLite plan the statement anew for each value that is bound, which takes longer than a read. */
function withSteadyLimit(sql: string): string {
  return sql.replace(/\b(LIMIT|OFFSET) \?/g, '$1 ?+0');
}

/**
 * What TypeORM's `better-sqlite3` driver expects, over @photostructure/sqlite (the API of `node:sqlite`): prebuilt for
 * every platform, and replaced by `node:sqlite` by changing the import when the floor is Node 22.
 * BEGIN is IMMEDIATE: a transaction that reads first and then writes can otherwise fail with BUSY_SNAPSHOT half way.
 */
export class SqliteConnection {
  readonly #database: InstanceType<typeof DatabaseSync>;
  readonly #statements = new Map<string, PreparedStatement>();
  #transactionsOnly = false;

  constructor(file: string, options: { readonly?: boolean; timeout?: number } = {}) {
    this.#database = named(
      () =>
        new DatabaseSync(file, {
          readOnly: options.readonly ?? false,
          timeout: options.timeout ?? 0,
          enableForeignKeyConstraints: true,
        }),
    );
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /**
   * From here on a statement outside a transaction is refused. SQLite itself ends a transaction on a full disk, for
   * example; what would follow must not be committed statement by statement.
   */
  requireTransaction(): void {
    this.#transactionsOnly = true;
  }

  pragma(text: string): Record<string, unknown>[] {
    return named(() => this.#database.prepare(`PRAGMA ${text}`).all()) as Record<string, unknown>[];
  }

  exec(sql: string): this {
    named(() => this.#database.exec(sql));
    return this;
  }

  /** Statements are kept: preparing costs more than a look-up by key. */
  prepare(sql: string): PreparedStatement {
    let prepared = this.#statements.get(sql);
    if (!prepared) {
      prepared = this.#prepare(sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE' : withSteadyLimit(sql));
      this.#statements.set(sql, prepared);
      this.#forgetOldest();
    }
    return prepared;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): PreparedStatement {
    const statement: Statement = named(() => this.#database.prepare(sql));
    const begins = sql.startsWith('BEGIN');
    const run = <T>(work: (...bound: unknown[]) => T, parameters: unknown[]): T => {
      if (this.#transactionsOnly && !begins && !this.#database.isTransaction) {
        throw new Error('The transaction has ended; a statement after it was refused.');
      }
      return named(() => work(...parameters.map(bindable)));
    };
    return {
      reader: statement.columns().length > 0,
      all: (...parameters) => run((...bound) => statement.all(...bound), parameters),
      get: (...parameters) => run((...bound) => statement.get(...bound) as unknown, parameters),
      run: (...parameters) => run((...bound) => statement.run(...bound), parameters),
    };
  }

  #forgetOldest(): void {
    if (this.#statements.size > CACHED_STATEMENTS) {
      const [oldest] = this.#statements.keys();
      this.#statements.delete(oldest ?? '');
    }
  }
}
