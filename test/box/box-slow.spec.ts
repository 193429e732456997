import { describe, expect, it } from '@jest/globals';
import { useBoxes } from '../support/box-simulator.js';
import { type Json } from '../support/management.js';
import { BOX, operator, problemOf } from './support.js';

const boxes = useBoxes({ BOX_TIMEOUT_MILLISECONDS: '3000' });

describe('a box that never answers', () => {
  it('504: is given up after the time limit; what it was to do may have happened, and is counted', async () => {
    const hub = await boxes.hub();
    const box = await boxes.box(hub);
    const caller = await operator(boxes, hub);
    await caller.get(`${BOX}/functions?boxId=${box.boxId}`).expect(200);
    box.machine.mode = 'slow';

    const answer = await caller.post(`${BOX}/function`, { boxId: box.boxId, functionName: 'CountPieces' }).expect(504);

    expect(problemOf(answer)).toMatchObject({ code: '504.box-timeout', extra: { box: box.boxId } });
    expect(box.machine.calls.filter((call) => call.startsWith('POST'))).toHaveLength(1);
    const sql = 'SELECT runs FROM box_write_count WHERE box_id = ?';
    expect(await boxes.app.database.query<Json>(sql, [box.id])).toEqual([{ runs: 1 }]);
  });

  it('holds up nobody else: while twelve calls wait, others are read and written', async () => {
    const hub = await boxes.hub();
    const box = await boxes.box(hub);
    const caller = await operator(boxes, hub);
    const token = await boxes.app.create.boxToken(hub, box);
    box.machine.mode = 'slow';
    let ended = 0;
    const waiting = Array.from({ length: 12 }, async () => {
      const { status } = await caller.get(`${BOX}/lists?boxId=${box.boxId}`);
      ended += 1;
      return status;
    });
    while (box.machine.calls.length < 12) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }

    await boxes.app.as(token).post(`${BOX}/report`, { version: 'busy' }).expect(200);
    await caller.get(BOX).expect(200);

    expect(ended).toBe(0);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([504]));
  });
});
