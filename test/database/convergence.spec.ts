import { describe, expect, it } from 'vitest';
import { startFive } from '../campaigns/migrations/five-nodes.js';
import { onServer } from '../support/test-database.js';
import { type Choice, killEverywhere, MOMENTS, type Start } from '../campaigns/migrations/kill-campaign.js';

const PATIENCE_MS = 400_000;
const KILLS = 4;

/** Some statements all over the migration, each at one of the moments. `npm run prove:migrations` does every one. */
const spread: Choice = (number, moment, statements) => {
  const step = Math.max(1, Math.floor(statements / KILLS));
  return number % step === 0 && moment === MOMENTS[(number / step) % MOMENTS.length];
};

const after: Choice = (_, moment) => moment === 'after';

describe('a migration whose process is killed', () => {
  it.each<Start>(['empty', 'first release'])(
    'ends in the same schema and rows when it is run again (%s)',
    async (start) => {
      const { kills, problems } = await killEverywhere(start, 'released', spread);

      expect(problems).toEqual([]);
      expect(kills).toBeGreaterThanOrEqual(KILLS);
    },
    PATIENCE_MS,
  );

  // Whether the campaign itself can fail: asked once is enough.
  it.skipIf(onServer)(
    'is told from one that cannot be run again',
    async () => {
      const { problems } = await killEverywhere('first release', 'unguarded', after);

      expect(problems.join('\n')).toContain('already exists');
    },
    PATIENCE_MS,
  );

  it.skipIf(onServer)(
    'is told from one that does its work twice',
    async () => {
      const { problems } = await killEverywhere('first release', 'doubling', after);

      expect(problems.join('\n')).toContain('rows of access_counter');
    },
    PATIENCE_MS,
  );
});

describe('five nodes that start at once on an empty database', () => {
  it(
    'all become ready on one schema, one installation and one first hub',
    async () => {
      expect(await startFive('empty')).toEqual([]);
    },
    PATIENCE_MS,
  );
});
