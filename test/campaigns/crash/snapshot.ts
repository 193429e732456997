import { scopeNames } from '../../../src/access/scopes.js';
import { Database } from '../../../src/database/index.js';
import { type Facts, type Kind, MARKERS } from './history.js';

export interface ActivityRow {
  readonly id: string;
  readonly event: string;
  readonly componentType: string;
  readonly componentId: string;
  readonly requestId: string | null;
  readonly changes: Readonly<Record<string, { readonly after?: unknown }>>;
}

export interface ListCounters {
  readonly no: number;
  readonly number: number;
  readonly lastRowId: number;
  readonly rowCount: number;
  /** How many rows there really are. */
  readonly rows: number;
  readonly deleted: boolean;
}

/** One row of `access_change`. */
export interface FeedRow {
  readonly seq: number;
  readonly hubId: string;
  readonly kind: string;
  readonly subjectId: string;
}

/** What the tables hold of one hub, read while nobody writes. */
export interface Snapshot {
  readonly things: Readonly<Record<Kind, ReadonlyMap<string, Facts>>>;
  /** Digests of each key's secrets, as hex. */
  readonly digests: ReadonlyMap<string, readonly string[]>;
  readonly lists: ReadonlyMap<string, ListCounters>;
  readonly lastListNumber: number;
  readonly activity: readonly ActivityRow[];
  readonly feed: readonly FeedRow[];
  readonly lastSeq: number;
  /** By `<list id> <key id>`. */
  readonly writes: ReadonlyMap<string, Readonly<Record<'added' | 'changed' | 'deleted', number>>>;
}

/** What was there before the first operation: made by the command line, not by the writers. */
export interface Origin {
  readonly hubId: string;
  readonly roleIds: ReadonlySet<string>;
  readonly keyIds: ReadonlySet<string>;
}

type Row = Record<string, unknown>;

/** Reads by hand, past the server and its entities, on connections that are closed again at once. */
export async function takeSnapshot(databaseUrl: string, hubId: string): Promise<Snapshot> {
  const database = new Database({ url: databaseUrl, entities: [], migrations: [] });
  await database.connect();
  try {
    return await read(database, hubId);
  } finally {
    await database.close();
  }
}

async function read(database: Database, hubId: string): Promise<Snapshot> {
  const ofHub = (columns: string, table: string): Promise<Row[]> =>
    database.query<Row>(`SELECT ${columns} FROM ${table} WHERE hub_id = ?`, [hubId]);
  const lists = await ofHub('*', 'list');
  const rows = await database.query<Row>(
    'SELECT list_no, row_id, n1, n2, s1, s2 FROM list_row WHERE list_no IN (SELECT no FROM list WHERE hub_id = ?)',
    [hubId],
  );
  const secrets = await ofHub('key_id, digest, ends_at', 'api_secret');
  const digests = groupedDigests(secrets);
  const secretFacts = secretFactsOf(secrets);
  const [hub] = await database.query<Row>('SELECT last_list_number FROM hub WHERE id = ?', [hubId]);
  const [counter] = await database.query<Row>('SELECT last_seq FROM access_counter WHERE id = 1');
  return {
    things: {
      role: byId(await ofHub('*', 'role'), roleFacts),
      group: byId(await ofHub('*', 'user_group'), groupFacts),
      api_key: byId(await ofHub('*', 'api_key'), (row) => ({ ...keyFacts(row), ...secretFacts.get(row['id']) })),
      list: byId(lists, listFacts),
      row: rowsById(lists, rows),
    },
    digests,
    lists: countersOf(lists, rows),
    lastListNumber: Number(hub?.['last_list_number']),
    activity: (await ofHub('id, event, component_type, component_id, body', 'activity')).map(activityRow),
    feed: (await database.query<Row>('SELECT seq, hub_id, kind, subject_id FROM access_change ORDER BY seq')).map(
      feedRow,
    ),
    lastSeq: Number(counter?.['last_seq']),
    writes: writesOf(await ofHub('list_id, key_id, added, changed, deleted', 'list_write_count')),
  };
}

function byId(rows: readonly Row[], facts: (row: Row) => Facts): Map<string, Facts> {
  return new Map(rows.map((row) => [String(row['id']), facts(row)]));
}

const json = (value: unknown): unknown => (value === null ? null : (JSON.parse(value as string) as unknown));
const time = (value: unknown): string | null => (value === null ? null : new Date(Number(value)).toISOString());

function pick(row: Row, ...names: string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}

function roleFacts(row: Row): Facts {
  const { role_rank: rank, capabilities, extra, deleted_at } = row;
  const texts = pick(row, 'identifier', 'name', 'revision');
  return { ...texts, rank, capabilities: json(capabilities), extra: json(extra), deleted: deleted_at !== null };
}

function groupFacts(row: Row): Facts {
  const { permissions, deleted_at } = row;
  return {
    ...pick(row, 'name', 'description', 'revision'),
    permissions: json(permissions),
    deleted: deleted_at !== null,
  };
}

function keyFacts(row: Row): Facts {
  return {
    ...pick(row, 'name', 'description', 'role_id', 'group_id', 'state', 'kv', 'revision'),
    scopes: scopeNames(Number(row['scopes'])),
    ips: json(row['ips']),
    expires_at: time(row['expires_at']),
    deleted: row['deleted_at'] !== null,
  };
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly slot: string;
}

const columnsOf = (list: Row): Column[] => json(list['column_definitions']) as Column[];

function listFacts(row: Row): Facts {
  return {
    ...pick(row, 'name', 'description', 'revision'),
    columns: columnsOf(row).map(({ name, type }) => ({ name, type })),
    deleted: row['deleted_at'] !== null,
  };
}

/** The rows of lists that live: those of a deleted one go little by little. */
function rowsById(lists: readonly Row[], rows: readonly Row[]): Map<string, Facts> {
  const live = new Map(lists.filter((one) => one['deleted_at'] === null).map((list) => [list['no'], list]));
  const found = new Map<string, Facts>();
  for (const row of rows) {
    const list = live.get(row['list_no']);
    if (list) {
      const values = columnsOf(list).map(({ name, slot }) => [name, row[slot]]);
      found.set(`${String(list['id'])}:${String(row['row_id'])}`, Object.fromEntries(values) as Facts);
    }
  }
  return found;
}

function countersOf(lists: readonly Row[], rows: readonly Row[]): Map<string, ListCounters> {
  const counts = new Map<unknown, number>();
  rows.forEach(({ list_no }) => counts.set(list_no, (counts.get(list_no) ?? 0) + 1));
  return new Map(
    lists.map((list) => [
      String(list['id']),
      {
        no: Number(list['no']),
        number: Number(list['number']),
        lastRowId: Number(list['last_row_id']),
        rowCount: Number(list['row_count']),
        rows: counts.get(list['no']) ?? 0,
        deleted: list['deleted_at'] !== null,
      },
    ]),
  );
}

function groupedDigests(secrets: readonly Row[]): Map<string, string[]> {
  const digests = new Map<string, string[]>();
  for (const { key_id, digest } of secrets) {
    const key = String(key_id);
    digests.set(key, [...(digests.get(key) ?? []), Buffer.from(digest as Uint8Array).toString('hex')]);
  }
  return digests;
}

/** How many secrets each key has: all, those that will end, those that have ended. */
function secretFactsOf(secrets: readonly Row[]): Map<unknown, Facts> {
  const now = Date.now();
  const facts = new Map<unknown, Record<'secretCount' | 'overlapping' | 'ended', number>>();
  for (const { key_id, ends_at } of secrets) {
    const counts = facts.get(key_id) ?? { secretCount: 0, overlapping: 0, ended: 0 };
    counts.secretCount += 1;
    counts.overlapping += ends_at !== null && Number(ends_at) > now ? 1 : 0;
    counts.ended += ends_at !== null && Number(ends_at) <= now ? 1 : 0;
    facts.set(key_id, counts);
  }
  return facts;
}

function activityRow(row: Row): ActivityRow {
  const body = json(row['body']) as { changes?: ActivityRow['changes']; session?: { request_id?: string } | null };
  return {
    id: String(row['id']),
    event: String(row['event']),
    componentType: String(row['component_type']),
    componentId: String(row['component_id']),
    requestId: body.session?.request_id ?? null,
    changes: body.changes ?? {},
  };
}

function feedRow({ seq, hub_id, kind, subject_id }: Row): FeedRow {
  return { seq: Number(seq), hubId: String(hub_id), kind: String(kind), subjectId: String(subject_id) };
}

function writesOf(rows: readonly Row[]): Snapshot['writes'] {
  const found = new Map<string, Record<'added' | 'changed' | 'deleted', number>>();
  for (const { list_id, key_id, added, changed, deleted } of rows) {
    const name = `${String(list_id)} ${String(key_id)}`;
    const sum = found.get(name) ?? { added: 0, changed: 0, deleted: 0 };
    sum.added += Number(added);
    sum.changed += Number(changed);
    sum.deleted += Number(deleted);
    found.set(name, sum);
  }
  return found;
}

/** The things of each kind by what they are known by. */
export function byMarker(snapshot: Snapshot, kind: Kind): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [id, facts] of snapshot.things[kind]) {
    const marker = String(facts[MARKERS[kind]]);
    found.set(marker, [...(found.get(marker) ?? []), id]);
  }
  return found;
}
