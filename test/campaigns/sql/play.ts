import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Principal } from '../../../src/access/index.js';
import { Database } from '../../../src/database/index.js';
import { ListService, RowService } from '../../../src/modules/list/index.js';
import { SqlService } from '../../../src/modules/list/sql/sql.service.js';
import { COLUMNS, type Cell, type Row, rowsOf } from './data.js';
import { Random } from './random.js';
import { type Lists, statement } from './statements.js';

/** How many statements were compared, and with how many of the database's own. */
export interface Tally {
  compared: number;
  native: number;
}

/** Two lists of a hub, and plain tables with the same rows. */
export class Play {
  private constructor(
    private readonly nest: NestFastifyApplication,
    private readonly principal: Principal,
    private readonly lists: Lists,
  ) {}

  static async prepare(nest: NestFastifyApplication, principal: Principal, seed: number): Promise<Play> {
    const random = new Random(seed);
    const lists = { one: rowsOf(random, 40), two: rowsOf(random, 15) };
    await fill(nest, principal, 'One', lists.one, ['T', 'N', 'B']);
    await fill(nest, principal, 'Two', lists.two, ['T', 'M']);
    await beginIndex(nest.get(Database), principal.hubId, 'M');
    return new Play(nest, principal, lists);
  }

  /** Runs so many statements. Returns what was wrong with the first that answered otherwise, or null. */
  async run(count: number, seed: number, tally: Tally): Promise<string | null> {
    for (let index = 0; index < count; index += 1) {
      const wrong = await this.compare(seed + index, tally);
      if (wrong) {
        return `seed ${seed + index}\n${wrong}`;
      }
    }
    return null;
  }

  private async compare(seed: number, tally: Tally): Promise<string | null> {
    const { ours, native, answer } = statement(new Random(seed), this.lists);
    const found = await this.nest
      .get(SqlService)
      .select(this.principal, ours)
      .catch((error: unknown) => ({
        rows: [[String((error as { details?: { detail?: string } }).details?.detail ?? error)]],
      }));
    tally.compared += 1;
    if (!same(found.rows, answer)) {
      return described('the reference', ours, found.rows, answer);
    }
    const database = this.nest.get(Database);
    // LIKE of SQLite itself disregards the case of ASCII.
    if (native === null || (database.kind === 'sqlite' && / like /.test(native))) {
      return null;
    }
    tally.native += 1;
    const own = (await nativeRows(database, native)).map((row) => Object.values(row));
    const plain = answer.map((row) => row.map((cell) => (typeof cell === 'boolean' ? Number(cell) : cell)));
    // Columns of one name become one there.
    return own.length === plain.length && own.every((row, index) => isPartOf(row, plain[index] ?? []))
      ? null
      : described(native, ours, own, plain);
  }
}

async function nativeRows(database: Database, native: string): Promise<Record<string, Cell>[]> {
  try {
    return await database.query(native);
  } catch (error) {
    throw new Error(native, { cause: error });
  }
}

async function fill(
  nest: NestFastifyApplication,
  principal: Principal,
  name: string,
  rows: readonly Row[],
  indexed: readonly string[],
): Promise<void> {
  const columns = Object.entries(COLUMNS).map(([column, type]) => ({
    name: column,
    type,
    indexed: indexed.includes(column),
  }));
  await nest.get(ListService).create(principal, { name, columns });
  for (const { ID: _, ...row } of rows) {
    await nest.get(RowService).add(principal, name, row);
  }
  const database = nest.get(Database);
  const collation = { sqlite: '', mariadb: 'COLLATE utf8mb4_nopad_bin', mysql: 'COLLATE utf8mb4_0900_bin' }[
    database.kind
  ];
  const text = database.kind === 'sqlite' ? 'TEXT' : `varchar(400) CHARACTER SET utf8mb4 ${collation}`;
  await database.transaction(async (tx) => {
    await tx.query(`CREATE TABLE ${name} (ID int PRIMARY KEY, T ${text}, N double, M double, B int)`);
  });
  await database.transaction(async (tx) => {
    for (const { ID, T, N, M, B } of rows) {
      await tx.query(`INSERT INTO ${name} VALUES (?, ?, ?, ?, ?)`, [ID, T, N, M, B === null ? null : Number(B)]);
    }
  });
}

/** The index of this column of the list One is being built for ever: it has no entries yet. */
async function beginIndex(database: Database, hubId: string, name: string): Promise<void> {
  const list = "hub_id = ? AND name = 'One'";
  await database.transaction(async (tx) => {
    const definitions = `SELECT column_definitions AS columns FROM list WHERE ${list}`;
    const [row] = await tx.query<{ columns: string }[]>(definitions, [hubId]);
    const columns = (JSON.parse(row?.columns ?? '[]') as { name: string }[]).map((column) =>
      column.name === name ? { ...column, index: { state: 'building', upTo: 0 } } : column,
    );
    await tx.query(`UPDATE list SET column_definitions = ? WHERE ${list}`, [JSON.stringify(columns), hubId]);
  });
}

function same(found: readonly (readonly unknown[])[], expected: readonly (readonly unknown[])[]): boolean {
  return JSON.stringify(found) === JSON.stringify(expected);
}

function isPartOf(row: readonly unknown[], whole: readonly unknown[]): boolean {
  return row.every((cell) => whole.some((one) => JSON.stringify(one) === JSON.stringify(cell)));
}

function described(by: string, ours: string, found: unknown, expected: unknown): string {
  return `${ours}\nagainst ${by}\nfound    ${JSON.stringify(found)}\nexpected ${JSON.stringify(expected)}`;
}
