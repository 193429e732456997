import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { play, type Tally } from '../campaigns/ceiling/play.js';
import { EDITS, sequences } from '../campaigns/ceiling/plans.js';
import { openStage, type Stage } from '../campaigns/ceiling/stage.js';
import { watchContract } from '../support/contract-watch.js';
import { onServer } from '../support/test-database.js';

/** A server answers each statement over the network. The long run is `npm run prove:ceiling`. */
const SEQUENCES = onServer ? 200 : 2000;
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
    // Edits that are always refused, or never, would prove nothing.
    const idle = EDITS.filter((what) => !tally[what]?.made || !tally[what]?.refused);
    expect(onServer ? [] : idle).toEqual([]);
  }, 300_000);
});
