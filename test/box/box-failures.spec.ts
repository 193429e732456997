import { describe, expect, it } from '@jest/globals';
import { type BoxSimulator, useBoxes } from '../support/box-simulator.js';
import { type Json } from '../support/management.js';
import { BOX, callsOf, operator, problemOf } from './support.js';

const boxes = useBoxes();
const NEVER_SHOWN = ['not-for-the-caller', 'secret stack trace', 'horse', '169.254', 'who are you', '<h1>'];

async function running() {
  const hub = await boxes.hub();
  const box = await boxes.box(hub);
  return { hub, box, caller: await operator(boxes, hub) };
}

const stateOf = async (boxId: string): Promise<unknown> =>
  (await boxes.app.database.query<Json>('SELECT state FROM box WHERE id = ?', [boxId]))[0]?.state;

describe('a box that answers badly', () => {
  it.each<[BoxSimulator['mode'], string]>([
    ['lying', 'answered with what is no whole HTTP answer.'],
    ['html', 'answered with something else than'],
    ['failing', 'answered with the status 500.'],
    ['redirecting', 'redirected the call, which the hub does not follow.'],
    ['endless', 'answered with more than there can be.'],
    ['odd', 'answered with what the hub does not understand'],
  ])('502: %s, in every call that asks it; the problem names the box and repeats nothing of it', async (mode, why) => {
    const { hub, box, caller } = await running();
    const functions = [{ Name: 'CountPieces', ReturnType: 'Number' }];
    const variables = [{ name: 'Counter', type: 'Number', value: 1 }];
    const token = await boxes.app.create.boxToken(hub, box);
    await boxes.app.as(token).post(`${BOX}/report`, { functions, variables }).expect(200);
    box.machine.mode = mode;
    // What only says that it is done need not say anything: whatever comes with it is not read.
    const unread = mode === 'odd' ? ['write variable', 'write change row', 'write delete row'] : [];
    const returned = mode === 'odd' ? ['write function'] : [];

    // Fewer than open the circuit.
    for (const [name, call] of Object.entries(callsOf(caller, box.boxId)).filter(([one]) => !unread.includes(one))) {
      const answer = await call();
      const { detail = '', ...problem } = problemOf(answer);
      if (mode === 'lying' && problem.code === '502.box-unreachable') {
        break;
      }
      expect([name, problem.status, problem.code, problem.extra]).toEqual([
        name,
        502,
        '502.box-answer',
        { box: box.boxId },
      ]);
      expect(detail).toContain(`The box ${box.boxId} ${returned.includes(name) ? 'returned what is no Number.' : why}`);
      expect(NEVER_SHOWN.filter((text) => JSON.stringify(answer.body).includes(text))).toEqual([]);
    }
    expect(await stateOf(box.id)).toBe('online');
  });
});

describe('a box that refuses the credentials of the hub', () => {
  it('502: says so, and shows neither them nor what the box said', async () => {
    const hub = await boxes.hub();
    const machine = await boxes.machine({ credentials: { user: 'hub', password: 'changed at the box' } });
    const spec = { address: machine.address, credentials: { user: 'hub', password: 'correct horse' } };
    const wrong = await boxes.app.create.box(hub, spec);
    const none = await boxes.app.create.box(hub, { address: machine.address });
    const caller = await operator(boxes, hub);

    const refused = await caller.get(`${BOX}/functions?boxId=${wrong.boxId}`).expect(502);
    const missing = await caller.get(`${BOX}/functions?boxId=${none.boxId}`).expect(502);

    expect(problemOf(refused)).toMatchObject({ code: '502.box-credentials', extra: { box: wrong.boxId } });
    expect(problemOf(missing).detail).toContain('the hub has none for it');
    for (const { body } of [refused, missing]) {
      expect(NEVER_SHOWN.filter((text) => JSON.stringify(body).includes(text))).toEqual([]);
    }
  });
});

describe('a box that is off', () => {
  it('502: names the box, and the box is known as offline', async () => {
    const { box, caller } = await running();
    await box.machine.stop();

    const answer = await caller.post(`${BOX}/function`, { boxId: box.boxId, functionName: 'Greet' }).expect(502);

    expect(problemOf(answer)).toMatchObject({ code: '502.box-unreachable', extra: { box: box.boxId } });
    expect(await stateOf(box.id)).toBe('offline');
    expect(((await caller.get(BOX).expect(200)).body as Json[])[0]).toMatchObject({ state: 'offline' });
  });

  it('200: shows what it told last, and says when', async () => {
    const { box, caller, hub } = await running();
    const token = await boxes.app.create.boxToken(hub, box);
    const functions = [{ Name: 'Told', Description: null, ReturnType: 'None', Parameters: [] }];
    const variables = [{ name: 'Told', type: 'Boolean', value: true }];
    const screenshot = box.machine.application.screenshot.toString('base64');
    await boxes.app.as(token).post(`${BOX}/report`, { functions, variables, screenshot }).expect(200);
    await box.machine.stop();

    for (const [path, told] of [
      ['functions', functions],
      ['variables', variables],
    ] as const) {
      const answer = await caller.get(`${BOX}/${path}?boxId=${box.boxId}`).expect(200);
      expect(answer.body).toEqual(told);
      expect(answer.headers['x-reported-at']).toMatch(/^\d{4}-.*Z$/);
    }
    const shown = await caller.get(`${BOX}/screenshot?boxId=${box.boxId}`).expect(200);
    expect(shown.text).toBe(screenshot);
    await caller.get(`${BOX}/lists?boxId=${box.boxId}`).expect(502);
  });

  it('502: is left alone after five failures in a row, and its neighbour is not', async () => {
    const { box, caller, hub } = await running();
    const neighbour = await boxes.box(hub);
    box.machine.mode = 'lying';
    for (let failure = 0; failure < 5; failure += 1) {
      await caller.get(`${BOX}/lists?boxId=${box.boxId}`).expect(502);
    }
    box.machine.mode = 'well';

    const answer = await caller.get(`${BOX}/lists?boxId=${box.boxId}`).expect(502);

    expect(problemOf(answer)).toMatchObject({ code: '502.box-unreachable', extra: { box: box.boxId } });
    expect(box.machine.calls).toHaveLength(5);
    await caller.get(`${BOX}/lists?boxId=${neighbour.boxId}`).expect(200);
  });

  it('never runs a function twice', async () => {
    const { box, caller } = await running();
    await caller.get(`${BOX}/functions?boxId=${box.boxId}`).expect(200);
    box.machine.mode = 'lying';

    await caller.post(`${BOX}/function`, { boxId: box.boxId, functionName: 'CountPieces' }).expect(502);

    expect(box.machine.calls.filter((call) => call.startsWith('POST'))).toHaveLength(1);
  });
});

describe('a box that may not be called', () => {
  it('502: at an address that the server does not allow the hub, and nothing is sent', async () => {
    const hub = await boxes.app.create.hub();
    const box = await boxes.box(hub);
    const caller = await operator(boxes, hub);

    const { code, detail } = problemOf(await caller.get(`${BOX}/functions?boxId=${box.boxId}`).expect(502));

    expect(code).toBe('502.box-unreachable');
    expect(detail).not.toContain('127.');
    expect(box.machine.calls).toEqual([]);
  });

  it('502: on another port than that of boxes', async () => {
    const hub = await boxes.hub();
    const machine = await boxes.machine({ port: 0 });
    const box = await boxes.app.create.box(hub, { address: machine.address });
    const caller = await operator(boxes, hub);

    await caller.get(`${BOX}/functions?boxId=${box.boxId}`).expect(502);

    expect(machine.calls).toEqual([]);
  });

  it('502: without an address', async () => {
    const hub = await boxes.hub();
    const { boxId } = await boxes.app.create.box(hub);
    const caller = await operator(boxes, hub);

    const { detail } = problemOf(await caller.get(`${BOX}/screenshot?boxId=${boxId}`).expect(502));

    expect(detail).toContain('has no address');
  });
});
