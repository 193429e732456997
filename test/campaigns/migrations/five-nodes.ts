import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onServer, testDatabase } from '../../support/test-database.js';
import { Database, migrate } from '../../../src/database/index.js';
import { CAMPAIGN_SECRET, launch, NodeProcess } from '../support/node-process.js';
import { makeFirstRelease, type Row } from './first-release.js';
import { type Start } from './kill-campaign.js';
import { firstRelease, migrationsOf } from './migration-sets.js';
import { lost, type State, stateOf, unlike } from './state.js';

const NODES = 5;
/** What a node still does after it is ready: its look whether a first hub is wanted. */
const SETTLE_MS = 1000;
const KEY = /hgk_\w+/g;
const MIGRATED = /migrations have run: ([\w, ]+)\./g;

/** A place for five nodes: a database that all share, and on SQLite the data folder, too. */
interface Place {
  readonly url: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly remove: () => Promise<void>;
}

/** Starts five servers at once; resolves to everything that is not as it should be. */
export async function startFive(start: Start): Promise<string[]> {
  const place = await makePlace(start);
  const nodes = Array.from({ length: NODES }, () => new NodeProcess(place.environment));
  try {
    await Promise.all(nodes.map((node) => node.ready()));
    await sleep(SETTLE_MS);
    const keys = onServer && start === 'empty' ? await bootstrapFive(place) : keysOf(nodes);
    const usable = await Promise.all(keys.map((key) => opens(nodes, key)));
    const codes = await Promise.all(nodes.map((node) => node.stop()));
    const state = await stateOf(place.url, migrationsOf('released'), place.environment);
    return [
      ...codes.flatMap((code) => (code === 0 ? [] : [`a node ended with ${code}`])),
      ...nodes.flatMap((node) => node.complaints.map((line) => `a node complained: ${line.slice(0, 500)}`)),
      ...usable.flatMap((usual) => (usual ? [] : ['the owner key does not open every node'])),
      ...problemsOf(state, nodes, start, keys.length),
      ...(await schemaProblems(state)),
    ];
  } catch (error) {
    return [String(error)];
  } finally {
    nodes.forEach((node) => node.kill());
    await place.remove();
  }
}

/** An empty SQLite installation is left to the first start altogether: its file and its secret. */
async function makePlace(start: Start): Promise<Place> {
  if (!onServer && start === 'empty') {
    const folder = mkdtempSync(join(tmpdir(), 'hubgate-five-'));
    const remove = async (): Promise<void> => rmSync(folder, { recursive: true, force: true });
    return { url: `sqlite:${join(folder, 'hubgate.db')}`, environment: { HUBGATE_DATA_DIR: folder }, remove };
  }
  const { url, drop } = await testDatabase();
  if (start === 'first release') {
    await makeFirstRelease(url);
  }
  const folder = onServer ? {} : { HUBGATE_DATA_DIR: dirname(url.slice('sqlite:'.length)) };
  return { url, environment: { DATABASE_URL: url, HUBGATE_SECRET: CAMPAIGN_SECRET, ...folder }, remove: drop };
}

const keysOf = (nodes: readonly NodeProcess[]): string[] =>
  // The greeting shows its key twice: by itself and in the line that tries it.
  nodes.flatMap(({ output }) => [...new Set(output.match(KEY) ?? [])]);

/** A server's database is filled by hand: five hands at once; resolves to the keys that were made. */
async function bootstrapFive({ environment }: Place): Promise<string[]> {
  const runs = Array.from({ length: NODES }, async () => {
    const child = launch('cli', ['bootstrap', '--hub', 'Main', '--json'], environment);
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    const made = code === 0;
    if (!made && code !== 1) {
      throw new Error(`hubgate bootstrap ended with ${code}.`);
    }
    return made ? [...new Set(output.match(KEY) ?? [])] : [];
  });
  return (await Promise.all(runs)).flat();
}

/** The key counts on every node, not only on the one that made it. */
async function opens(nodes: readonly NodeProcess[], key: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${key}` };
  const answers = await Promise.all(nodes.map(({ url }) => fetch(`${url}/v1/hubs/current/whoami`, { headers })));
  return answers.every(({ status }) => status === 200);
}

function problemsOf(state: State, nodes: readonly NodeProcess[], start: Start, keys: number): string[] {
  const old = start === 'first release';
  const wanted = { installation: 1, access_counter: 1, signing_key: 1, hub: old ? 2 : 1, api_key: old ? 2 : 1 };
  const ran = nodes.flatMap(({ output }) =>
    [...output.matchAll(MIGRATED)].flatMap(([, names = '']) => names.split(', ')),
  );
  const known = migrationsOf('released').map(({ name }) => name);
  const before = old ? firstRelease().map(({ name }) => name) : [];
  return [
    ...Object.entries(wanted).flatMap(([table, count]) =>
      unequal(`rows of ${table}`, count, state.rows[table]?.length),
    ),
    ...unequal('owner keys shown', old ? 0 : 1, keys),
    ...unequal('migrations that ran', known.slice(before.length).join(), ran.join()),
    ...unequal('migrations written down', known.join(), state.migrations.join()),
    ...state.drift.map((sql) => `drift: ${sql}`),
    ...state.doctor,
    ...(old ? lost(state, whatStays) : []),
  ];
}

/** Running nodes take away what is old in the change feed and the rows of a deleted list, and seal activities. */
function whatStays(table: string, row: Row): Row | null {
  if (table === 'access_change' || row['list_no'] === 2 || row['no'] === 2) {
    return null;
  }
  const { seal: _seal, seal_position: _position, ...rest } = row;
  return rest;
}

async function schemaProblems({ schema }: State): Promise<string[]> {
  clean ??= cleanSchema();
  return unlike('schema', await clean, schema);
}

let clean: Promise<readonly string[]> | undefined;

/** What one process alone makes of an empty database. */
async function cleanSchema(): Promise<readonly string[]> {
  const { url, drop } = await testDatabase();
  try {
    await migrate(new Database({ url, entities: [], migrations: migrationsOf('released') }));
    return (await stateOf(url, migrationsOf('released'), { HUBGATE_SECRET: CAMPAIGN_SECRET })).schema;
  } finally {
    await drop();
  }
}

function unequal(what: string, wanted: unknown, found: unknown): string[] {
  return wanted === found ? [] : [`${what}: ${String(found)} instead of ${String(wanted)}`];
}
