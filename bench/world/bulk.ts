import { DatabaseSync } from '@photostructure/sqlite';
import { type Connection } from 'mysql2/promise';
import { parseDatabaseUrl } from '../../src/database/index.js';
import { connectOnce } from '../../src/database/server-probe.js';

export type Row = Readonly<Record<string, unknown>>;

/** Puts many rows into a database that nobody else uses, past the application and its durability. */
export interface BulkWriter {
  select(sql: string, ...parameters: string[]): Promise<Row[]>;
  run(sql: string, ...parameters: (string | number)[]): Promise<void>;
  /** All rows have the same columns. */
  insert(table: string, rows: readonly Row[]): Promise<void>;
  close(): Promise<void>;
}

const ROWS_PER_STATEMENT = 1000;
/** Random digests go all over their index: with less memory each of them is read and written from the disk. */
const SQLITE_CACHE_KIBIBYTES = 1_000_000;

export async function openBulk(url: string): Promise<BulkWriter> {
  const target = parseDatabaseUrl(url);
  return target.kind === 'sqlite' ? sqliteBulk(target.file) : serverBulk(await connectOnce(target));
}

function sqliteBulk(file: string): BulkWriter {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  database.exec(`PRAGMA synchronous = OFF; PRAGMA cache_size = -${SQLITE_CACHE_KIBIBYTES}; BEGIN`);
  return {
    select: async (sql, ...parameters) => database.prepare(sql).all(...parameters) as unknown as Row[],
    run: async (sql, ...parameters) => void database.prepare(sql).run(...parameters),
    insert: async (table, rows) => {
      const columns = Object.keys(rows[0] ?? {});
      const marks = columns.map(() => '?').join(', ');
      const statement = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`);
      rows.forEach((row) => statement.run(...(Object.values(row) as string[])));
    },
    close: async () => {
      database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
      database.close();
    },
  };
}

async function serverBulk(connection: Connection): Promise<BulkWriter> {
  await connection.query('SET SESSION foreign_key_checks = 0, SESSION unique_checks = 0');
  return {
    select: async (sql, ...parameters) => (await connection.query(sql, parameters))[0] as Row[],
    run: async (sql, ...parameters) => void (await connection.query(sql, parameters)),
    insert: async (table, rows) => {
      const columns = Object.keys(rows[0] ?? {}).join(', ');
      await connection.beginTransaction();
      for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
        const values = rows.slice(from, from + ROWS_PER_STATEMENT).map((row) => Object.values(row));
        await connection.query(`INSERT INTO ${table} (${columns}) VALUES ?`, [values]);
      }
      await connection.commit();
    },
    close: () => connection.end(),
  };
}
