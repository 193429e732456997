import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MIGRATIONS } from '../../migrations/index.js';
import { SystemClock } from '../../src/common/clock.js';
import { Factory } from '../../test/support/factory.js';
import { type TestApp } from '../../test/support/test-app.js';
import { cacheFolder } from '../folders.js';
import { openApp } from './app.js';
import { type BulkWriter, openBulk } from './bulk.js';
import { addCrowd } from './crowd.js';
import { type BenchList, fillList, makeList } from './lists.js';
import { type Place } from './place.js';

/** Moves when what is made here changes. */
const VERSION = 1;

export interface WorldSize {
  readonly hubs: number;
  /** Of its long list; 0 = it has none. */
  readonly rows: number;
}

/** A migrated database with what the measurements need. */
export interface World {
  readonly url: string;
  readonly hubId: string;
  /** An owner's key. */
  readonly ownerKey: string;
  /** A key that may do everything with every list. */
  readonly integrationKey: string;
  readonly lists: {
    readonly five: BenchList;
    readonly intake: BenchList;
    readonly short: BenchList;
    readonly long: BenchList;
  };
  /** Further keys; neighbours are of different hubs. */
  readonly keys: readonly string[];
  readonly bytes: number;
}

type Kept = Omit<World, 'keys'> & { readonly fingerprint: string };

/** The world of an earlier run if it is still there and just like what would be made now. */
export async function findOrMakeWorld(place: Place, size: WorldSize): Promise<World> {
  return (await findWorld(place, size)) ?? makeWorld(place, size);
}

export async function makeWorld(place: Place, size: WorldSize): Promise<World> {
  rmSync(fileOf(place, 'json'), { force: true });
  await place.clear();
  const made = await makeByServices(place.url, size);
  const keys = await withBulk(place.url, async (bulk) => {
    for (const list of Object.values(made.lists)) {
      await fillList(bulk, list);
    }
    return addCrowd(bulk, made.hubId, size.hubs);
  });
  const bytes = await place.bytes();
  const kept: Kept = { ...made, url: place.url, bytes, fingerprint: fingerprintOf(size) };
  writeFileSync(fileOf(place, 'keys'), keys.join('\n'));
  writeFileSync(fileOf(place, 'json'), JSON.stringify(kept));
  return { ...kept, keys };
}

/** Everything that was written while measuring is taken back. */
export async function restoreLists({ url, lists }: World): Promise<void> {
  await withBulk(url, async (bulk) => {
    for (const list of Object.values(lists)) {
      await fillList(bulk, list);
    }
  });
}

export async function withBulk<T>(url: string, work: (bulk: BulkWriter) => Promise<T>): Promise<T> {
  const bulk = await openBulk(url);
  try {
    return await work(bulk);
  } finally {
    await bulk.close();
  }
}

async function findWorld(place: Place, size: WorldSize): Promise<World | null> {
  const file = fileOf(place, 'json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : null;
  if (kept?.fingerprint !== fingerprintOf(size) || (await place.bytes()) === 0) {
    return null;
  }
  const world = { ...kept, url: place.url, keys: readFileSync(fileOf(place, 'keys'), 'utf8').split('\n') };
  await restoreLists(world);
  return world;
}

async function makeByServices(url: string, { rows }: WorldSize): Promise<Omit<Kept, 'fingerprint' | 'url' | 'bytes'>> {
  const app = await openApp(url);
  try {
    const create = new Factory({ nest: app, clock: new SystemClock() } as unknown as TestApp);
    const hub = await create.hub('Plant Nord');
    const { secret: ownerKey } = await create.ownerKey(hub);
    const { secret: integrationKey } = await create.integrationKey(hub);
    const list = (name: string, count: number) => makeList(app, create, hub, name, count);
    const lists = {
      five: await list('Five', 5),
      intake: await list('Intake', 0),
      short: await list('Short', 1000),
      long: await list('Long', rows),
    };
    return { hubId: hub.id, ownerKey, integrationKey, lists };
  } finally {
    await app.close();
  }
}

function fileOf({ label }: Place, end: string): string {
  return join(cacheFolder(), `${label}.${end}`);
}

function fingerprintOf(size: WorldSize): string {
  const facts = [VERSION, size, MIGRATIONS.map(({ name }) => name)];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}
