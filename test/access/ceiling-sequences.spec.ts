import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { play, type Tally } from '../campaigns/ceiling/play.js';
import { idleEdits, sequences } from '../campaigns/ceiling/plans.js';
import { openStage, type Stage } from '../campaigns/ceiling/stage.js';
import { watchContract } from '../support/contract-watch.js';
import { onServer } from '../support/test-database.js';

/**
 * As many as the time of every run allows: a server answers each statement over the network. The long run, which also
 * sees to it that every edit was both made and refused, is `npm run prove:ceiling`.
 */
const SEQUENCES = onServer ? 100 : 500;
/** Edits that are always refused, or never, would prove nothing; so many runs let few of them slip by. */
const IDLE_MAX = onServer ? 8 : 3;
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  watchContract(stage.nest, '');
}, 60_000);

afterAll(async () => {
  await stage?.close();
});

describe('whatever is edited by whomever', () => {
  it('nobody has more afterwards than before and the actor together, and a refused edit changes nothing', async () => {
    const tally: Tally = {};
    await fc.assert(
      fc.asyncProperty(sequences, (sequence) => play(stage.nest, sequence, tally)),
      { numRuns: SEQUENCES },
    );
    expect(idleEdits(tally).length).toBeLessThanOrEqual(IDLE_MAX);
  }, 300_000);
});
