import { Database, migrate, revertLastMigration } from '../../../src/database/index.js';
import { CAMPAIGN_SECRET } from '../support/node-process.js';
import { type Start, withDatabase } from './kill-campaign.js';
import { firstRelease, migrationsOf } from './migration-sets.js';
import { lost, type State, stateOf, unlike } from './state.js';

const ALL = migrationsOf('released');
const ENVIRONMENT = { HUBGATE_SECRET: CAMPAIGN_SECRET };

/**
 * Up one by one, down one by one to nothing and up again: each step down must lead to the schema from which the step up
 * began. With rows of the first release those must outlive every migration that is newer. Resolves to what is wrong.
 */
export function upDownUp(start: Start): Promise<string[]> {
  return withDatabase(start, async ({ url }) => {
    const first = start === 'empty' ? 0 : firstRelease().length;
    const database = new Database({ url, entities: [], migrations: ALL });
    const problems: string[] = [];
    const expect = (where: string, found: readonly string[]) =>
      problems.push(...found.map((problem) => `${start}, ${where}: ${problem}`));

    const schemas = await climb(url, first);
    const top = await look(url);
    expect('at the top', atTop(top, schemas.get(ALL.length)));
    for (let height = ALL.length - 1; height >= first; height -= 1) {
      await revertLastMigration(database);
      const state = await look(url);
      expect(`down to ${height}`, unlike('schema', schemas.get(height) ?? [], state.schema));
      expect(`down to ${height}`, start === 'empty' ? [] : lost(state));
    }
    await migrate(database);
    const again = await look(url);
    expect('up again', [...atTop(again, top.schema), ...(start === 'empty' ? [] : lost(again))]);

    while ((await revertLastMigration(database)) !== undefined) {
      // to nothing
    }
    expect('at the bottom', unlike('tables', [], Object.keys((await look(url)).rows)));
    await migrate(database);
    expect('up from nothing', atTop(await look(url), top.schema));
    return problems;
  });
}

/** The schema after each number of migrations. */
async function climb(url: string, first: number): Promise<Map<number, readonly string[]>> {
  const schemas = new Map<number, readonly string[]>();
  for (let height = first; height <= ALL.length; height += 1) {
    await migrate(new Database({ url, entities: [], migrations: ALL.slice(0, height) }));
    schemas.set(height, (await look(url)).schema);
  }
  return schemas;
}

function atTop({ schema, migrations, drift, doctor }: State, wanted: readonly string[] = []): string[] {
  const names = ALL.map(({ name }) => name);
  return [...unlike('schema', wanted, schema), ...unlike('migrations', names, migrations), ...drift, ...doctor];
}

const look = (url: string): Promise<State> => stateOf(url, ALL, ENVIRONMENT);
