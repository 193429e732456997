import { type Database } from '../../src/database/index.js';

export type DumpedRow = Readonly<Record<string, unknown>>;

/** Every row of every table, bytes as hex, in an order that does not depend on the database. */
export type Dump = Readonly<Record<string, readonly DumpedRow[]>>;

const TABLES = {
  sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  server:
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME',
};

export async function tableNames(database: Database): Promise<string[]> {
  const sql = database.kind === 'sqlite' ? TABLES.sqlite : TABLES.server;
  return (await database.query<{ name: string }>(sql)).map(({ name }) => name);
}

/** What is really stored, past every entity and transformer. */
export async function dumpTables(database: Database): Promise<Dump> {
  const dump: Record<string, DumpedRow[]> = {};
  for (const name of await tableNames(database)) {
    const rows = await database.query<Record<string, unknown>>(`SELECT * FROM \`${name}\``);
    dump[name] = rows.map(readable).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return dump;
}

const OWN_EVENTS = ['hub.apikey.refused', 'hub.apikey.secret.reused'];

/** As `dumpTables`, without what the server writes by itself now and then: last uses, counts of refusals, alerts. */
export async function dumpDecisions(database: Database): Promise<Dump> {
  const dump = await dumpTables(database);
  const secrets = dump['api_secret']?.map(({ last_used_at: _at, last_used_address: _from, ...row }) => row) ?? [];
  const keys = dump['api_key']?.map(({ reuse_alert_day: _day, last_used_at: _at, ...row }) => row) ?? [];
  const activity = dump['activity']?.filter(({ event }) => !OWN_EVENTS.includes(String(event))) ?? [];
  const sessions = dump['account_session']?.map(({ last_used_at: _at, last_used_address: _from, ...row }) => row) ?? [];
  return { ...dump, api_secret: secrets, api_key: keys, account_session: sessions, activity };
}

/** The rows of one hub, those of its lists included. */
export function rowsOfHub(dump: Dump, hubId: string): Dump {
  const lists = new Set(dump['list']?.filter(({ hub_id }) => hub_id === hubId).map(({ no }) => no));
  const belongs = (table: string, row: DumpedRow): boolean =>
    table === 'list_row' ? lists.has(row['list_no']) : row[table === 'hub' ? 'id' : 'hub_id'] === hubId;
  return Object.fromEntries(
    Object.entries(dump).map(([table, rows]) => [table, rows.filter((row) => belongs(table, row))]),
  );
}

export function readable(row: Record<string, unknown>): DumpedRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ]),
  );
}
