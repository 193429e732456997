import { type Scope, SCOPES } from '../../../src/access/index.js';
import { platformPrincipal } from '../../../src/access/index.js';
import { JobWorker } from '../../../src/modules/job/index.js';
import { ListSweeper, RowService } from '../../../src/modules/list/index.js';
import { type Client } from '../../support/client.js';
import { type KeySpec, type TestHub, type TestKey } from '../../support/factory.js';
import { type TestApp } from '../../support/test-app.js';

export const LISTS = '/v1/hubs/current/lists';
export type Rights = NonNullable<Parameters<TestApp['create']['group']>[1]>;

export interface Stage {
  readonly hub: TestHub;
  readonly list: { readonly id: string; readonly name: string };
  readonly key: TestKey;
  readonly importer: Client;
}

interface Report {
  state: string;
  error: string | null;
  delimiter: string;
  list_id: string;
  columns: { name: string; type: string }[];
  rows: { total: number; accepted: number; refused: number; written: number };
  refused_rows: { row: number; column: string | null; reason: string }[];
}

/** A key that may import: with the capability, the scopes and all rights, unless said. */
export async function importerKey(
  app: TestApp,
  hub: TestHub,
  spec: Partial<KeySpec> & { rights?: Rights; scopes?: readonly Scope[] } = {},
): Promise<TestKey> {
  const groupId = spec.groupId ?? (await app.create.group(hub, spec.rights));
  return app.create.key({ scopes: SCOPES, capabilities: ['lists-manage'], ...spec, hub, groupId });
}

/** The list StockInfo (MaterialNo, Quantity, Locked) with two rows, and a key that may import. */
export async function stage(app: TestApp, spec: Parameters<typeof importerKey>[2] = {}): Promise<Stage> {
  const hub = await app.create.hub();
  const list = await app.create.list(hub);
  for (const Quantity of [10, 20]) {
    await app.nest.get(RowService).add(platformPrincipal(hub.id), list.name, { Quantity });
  }
  const key = await importerKey(app, hub, spec);
  return { hub, list, key, importer: app.as(key.secret) };
}

export function send(client: Client, path: string, csv: string | Buffer, type = 'text/csv') {
  return client.post(path).set('content-type', type).send(csv);
}

export const into = ({ list }: Stage, query: string): string => `${LISTS}/${list.id}/imports?${query}`;

export function jobOf(body: unknown): string {
  return (body as { data: { job: { id: string } } }).data.job.id;
}

/** Lets the server work until no import is left, and the sweeper, too. */
export async function work(app: TestApp): Promise<void> {
  await app.nest.get(JobWorker).work();
  await app.nest.get(ListSweeper).whenIdle();
}

export async function report(client: Client, id: string): Promise<Report> {
  return ((await client.get(`${LISTS}/imports/${id}`).expect(200)).body as { data: Report }).data;
}

/** Sends a file, lets the server work, and tells what came of it. */
export async function imported(app: TestApp, at: Stage, query: string, csv: string | Buffer): Promise<Report> {
  const answer = await send(at.importer, into(at, query), csv).expect(202);
  await work(app);
  return report(at.importer, jobOf(answer.body));
}

/** All rows of a list, each as an array of values, ID first. */
export async function rowsOf(app: TestApp, hub: TestHub, name = 'StockInfo'): Promise<unknown[][]> {
  const rows: unknown[][] = [];
  for (let skip = 0, more = true; more; skip = rows.length) {
    const page = await app.nest
      .get(RowService)
      .read(platformPrincipal(hub.id), { listName: name, descending: false, skip, take: 10_000 });
    rows.push(...page.rows.map((row) => [row.row_id, ...page.columns.map(({ slot }) => row[slot])]));
    more = page.more;
  }
  return rows;
}

/** What is kept of files. */
export async function piecesLeft(app: TestApp): Promise<number> {
  const [{ n }] = await app.database.query<{ n: number }>('SELECT COUNT(*) AS n FROM list_import_piece');
  return Number(n);
}
