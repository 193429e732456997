import { describe, expect, it, vi } from 'vitest';
import { platformPrincipal } from '../../src/access/index.js';
import { Play } from '../campaigns/sql/play.js';
import { useTestApp } from '../support/test-app.js';

const context = useTestApp();
const SEED = 20_261_122;

describe('random statements', () => {
  it('answer what a reference works out from the same rows, and what the database says of a plain table', async () => {
    const hub = await context.app.create.hub();
    const play = await Play.prepare(context.app.nest, platformPrincipal(hub.id), SEED);
    const sent = vi.spyOn(context.app.database, 'select');
    const tally = { compared: 0, native: 0 };
    expect(await play.run(250, SEED, tally)).toBeNull();
    expect(tally.compared).toBe(250);
    expect(tally.native).toBeGreaterThan(80);
    const narrowed = sent.mock.calls.filter(([sql]) => /row_id IN \(|found_id/.test(sql));
    expect(narrowed.length).toBeGreaterThan(25);
  }, 120_000);
});
