import { DatabaseSync } from '@photostructure/sqlite';
import mysql, { type Pool, type ResultSetHeader } from 'mysql2/promise';
import { parseDatabaseUrl, type ServerTarget } from '../../src/database/database-url.js';
import { loginOptions, poolLimits } from '../../src/database/server-pool.js';

/** As many as Hubgate has for its reads. */
const CONNECTIONS = 10;

export interface StockRow {
  readonly row_id: number;
  readonly s1: string | null;
  readonly n1: number | null;
  readonly n2: number | null;
}

/** By hand what Hubgate does with rows: one SELECT, one INSERT. */
export interface Store {
  select(hubId: string, nameKey: string, after: number, limit: number): Promise<StockRow[]>;
  /** Returns the new row's id. */
  insert(material: unknown, quantity: unknown, locked: unknown): Promise<number>;
}

const SELECT =
  'SELECT r.row_id, r.s1, r.n1, r.n2 FROM list l JOIN list_row r ON r.list_no = l.no ' +
  'WHERE l.hub_id = ? AND l.name_key = ? AND l.deleted_at IS NULL AND r.row_id > ? ORDER BY r.row_id LIMIT ?';
/** A table of its own, as somebody would make it who has one list. */
const CREATE = 'CREATE TABLE IF NOT EXISTS bench_row';
const COLUMNS = 's1 TEXT, n1 DOUBLE, n2 DOUBLE';
const INSERT = 'INSERT INTO bench_row (s1, n1, n2) VALUES (?, ?, ?)';

export async function openStore(url: string): Promise<Store> {
  const target = parseDatabaseUrl(url);
  return target.kind === 'sqlite' ? new SqliteStore(target.file) : serverStore(target);
}

/** The pragmas are Hubgate's: a commit is on the disk before it is told. */
class SqliteStore implements Store {
  // Held on to: statements of a database that was collected no longer work.
  private readonly database: InstanceType<typeof DatabaseSync>;
  private readonly selectRows;
  private readonly insertRow;

  constructor(file: string) {
    this.database = new DatabaseSync(file, { timeout: 1000 });
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    this.database.exec(`${CREATE} (row_id INTEGER PRIMARY KEY, ${COLUMNS})`);
    this.selectRows = this.database.prepare(SELECT);
    this.insertRow = this.database.prepare(INSERT);
  }

  async select(...parameters: Parameters<Store['select']>): Promise<StockRow[]> {
    return this.selectRows.all(...parameters) as unknown as StockRow[];
  }

  async insert(...values: Parameters<Store['insert']>): Promise<number> {
    return Number(this.insertRow.run(...(values as string[])).lastInsertRowid);
  }
}

async function serverStore(target: ServerTarget): Promise<Store> {
  const pool: Pool = mysql.createPool({ ...loginOptions(target), ...poolLimits(CONNECTIONS, 'read', target.kind) });
  await pool.query(`${CREATE} (row_id INTEGER PRIMARY KEY AUTO_INCREMENT, ${COLUMNS})`);
  return {
    select: async (...parameters) => (await pool.query(SELECT, parameters))[0] as StockRow[],
    insert: async (...values) => (await pool.query<ResultSetHeader>(INSERT, values))[0].insertId,
  };
}
