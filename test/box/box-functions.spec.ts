import { describe, expect, it } from '@jest/globals';
import { useBoxes } from '../support/box-simulator.js';
import { type Json } from '../support/management.js';
import { BOX, operator, problemOf } from './support.js';

const boxes = useBoxes();
const RUN = `${BOX}/function`;

const countsOf = (boxId: string): Promise<Json[]> =>
  boxes.app.database.query<Json>('SELECT runs, changes FROM box_write_count WHERE box_id = ?', [boxId]);

describe('the published sample: list the functions of a box, run one, print what it returns', () => {
  it('works as in the Python script, from the exchange on', async () => {
    const hub = await boxes.hub();
    const box = await boxes.box(hub, 'PB0000PT');
    const groupId = await boxes.app.create.group(hub, {
      lists: [],
      boxes: [{ box_id: box.id, rights: ['read', 'write'] }],
    });
    const key = await boxes.app.create.integrationKey(hub, { groupId });
    const exchanged = await boxes.app.anonymous.with({ apiKey: key.secret }).get('/public-api/v1/auth/token');
    const script = boxes.app.as((exchanged.body as { accessToken: string }).accessToken);

    const found = await script.get(BOX);
    expect(found.status).toBe(200);
    expect(found.body).toEqual([
      { name: 'PB0000PT', boxID: 'PB0000PT', runtimeVersion: null, state: 'unknown', group: null },
    ]);
    const { boxID } = (found.body as { boxID: string }[])[0] ?? { boxID: '' };

    const functions = await script.get(`${BOX}/functions?boxId=${boxID}`);
    expect(functions.status).toBe(200);
    expect((functions.body as Json[])[0]).toEqual({
      Name: 'StartLine',
      Description: 'Starts a line and says whether it stood',
      ReturnType: 'Boolean',
      Parameters: [{ ParameterName: 'Line', ParameterType: 'Number', Description: 'Which line, from 1' }],
    });

    const sent = { boxId: boxID, functionName: 'StartLine', parameters: [{ name: 'Line', value: 3 }] };
    const ran = await script.post(RUN, sent);
    expect([ran.status, ran.text]).toEqual([200, 'true']);
    const again = await script.post(RUN, sent);
    expect([again.status, again.text]).toEqual([200, 'false']);

    expect(((await script.get(BOX)).body as Json[])[0]).toMatchObject({ state: 'online' });
    expect(box.machine.calls).toEqual([
      'GET /api/functions',
      'POST /api/functions/StartLine {"Line":3}',
      'POST /api/functions/StartLine {"Line":3}',
    ]);
  });
});

describe('POST /public-api/v1/box/function, 200', () => {
  it.each<[string, object[] | undefined, string]>([
    ['CountPieces', undefined, '12'],
    ['Greet', [{ name: 'Name', value: 'Zoë "<b>" 🦊' }], 'Hello, Zoë "<b>" 🦊!'],
    [
      'Greet',
      [
        { name: 'NAME', value: 'you' },
        { name: 'loud', value: true },
      ],
      'HELLO, YOU!',
    ],
    ['Show message', [{ name: 'Text', value: "it's; -- fine" }], ''],
    ['showMESSAGE'.replace('w', 'w '), [{ name: 'Text', value: '' }], ''],
  ])('%s %j returns the raw text %j', async (functionName, parameters, returned) => {
    const hub = await boxes.hub();
    const box = await boxes.box(hub);
    const caller = await operator(boxes, hub);

    const answer = await caller.post(RUN, { boxId: box.boxId.toLowerCase(), functionName, parameters }).expect(200);

    expect(answer.text).toBe(returned);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(await countsOf(box.id)).toEqual([{ runs: 1, changes: 0 }]);
  });

  it('sends a name as one segment of the path, whatever is in it', async () => {
    const hub = await boxes.hub();
    const box = await boxes.box(hub);
    const token = await boxes.app.create.boxToken(hub, box);
    const names = ['../../admin', 'a?b=c#d', 'a\\..\\b', '%2e%2e', 'ÄÖ/ü'];
    const functions = names.map((Name) => ({ Name }));
    await boxes.app.as(token).post(`${BOX}/report`, { functions }).expect(200);
    const caller = await operator(boxes, hub);

    for (const functionName of names) {
      await caller.post(RUN, { boxId: box.boxId, functionName }).expect(404);
    }

    const paths = box.machine.calls.filter((call) => call.startsWith('POST')).map((call) => call.split(' ')[1]);
    expect(paths).toEqual(names.map((name) => `/api/functions/${encodeURIComponent(name)}`));
  });

  it('asks the box anew for a function that it did not tell of before', async () => {
    const hub = await boxes.hub();
    const box = await boxes.box(hub);
    const token = await boxes.app.create.boxToken(hub, box);
    await boxes.app
      .as(token)
      .post(`${BOX}/report`, { functions: [{ Name: 'Old' }] })
      .expect(200);
    const caller = await operator(boxes, hub);

    await caller.post(RUN, { boxId: box.boxId, functionName: 'CountPieces' }).expect(200);

    expect(box.machine.calls).toEqual(['GET /api/functions', 'POST /api/functions/CountPieces {}']);
  });
});

describe('POST /public-api/v1/box/function, refused', () => {
  const line = (value: unknown) => ({ functionName: 'StartLine', parameters: [{ name: 'Line', value }] });

  it.each<[object, number, string | undefined]>([
    [{ functionName: 'Explode' }, 404, undefined],
    [{ functionName: '..' }, 404, undefined],
    [{ functionName: 'toString' }, 404, undefined],
    [{ functionName: 'StartLine', parameters: [{ name: 'Belt', value: 1 }] }, 422, '/parameters/0/name'],
    [{ functionName: 'StartLine', parameters: [{ name: '__proto__', value: 1 }] }, 422, '/parameters/0/name'],
    [
      {
        functionName: 'StartLine',
        parameters: [
          { name: 'Line', value: 1 },
          { name: 'LINE', value: 2 },
        ],
      },
      422,
      '/parameters/1/name',
    ],
    [line('3'), 422, '/parameters/0/value'],
    [line(true), 422, '/parameters/0/value'],
    [line(null), 422, '/parameters/0/value'],
    [line([3]), 422, '/parameters/0/value'],
    [line({ a: 1 }), 422, '/parameters/0/value'],
    [{ functionName: 'Greet', parameters: [{ name: 'Name', value: 'x'.repeat(10_001) }] }, 422, '/parameters/0/value'],
    [{ functionName: 'Greet', parameters: [{ name: 'Name', value: 'a\u0000b' }] }, 422, '/parameters/0/value'],
    [{ functionName: 'Greet', parameters: { Name: 'x' } }, 422, '/parameters'],
    [{ functionName: 'Greet', parameters: Array(51).fill({ name: 'Name', value: 'x' }) }, 422, '/parameters'],
    [{ functionName: 7 }, 422, '/functionName'],
    [{ functionName: '' }, 422, '/functionName'],
    [{}, 422, '/functionName'],
    [{ functionName: 'CountPieces', retry: true }, 422, '/retry'],
  ])('%j: %d at %s, and nothing runs', async (input, status, source) => {
    const hub = await boxes.hub();
    const box = await boxes.box(hub);
    const caller = await operator(boxes, hub);

    const answer = await caller.post(RUN, { boxId: box.boxId, ...input }).expect(status);

    expect(problemOf(answer).source).toBe(source);
    expect(box.machine.calls.filter((call) => call.startsWith('POST'))).toEqual([]);
    expect(await countsOf(box.id)).toEqual([]);
  });

  it('422: a number beyond what a double can hold', async () => {
    const hub = await boxes.hub();
    const box = await boxes.box(hub);
    const caller = await operator(boxes, hub);

    const text = JSON.stringify({ boxId: box.boxId, ...line(3) }).replace(':3', ':1e999');
    const answer = await caller.post(RUN, text).expect(422);

    expect(problemOf(answer).source).toBe('/parameters/0/value');
  });

  it('says which functions and parameters there are', async () => {
    const hub = await boxes.hub();
    const box = await boxes.box(hub);
    const caller = await operator(boxes, hub);
    const names = ['StartLine', 'CountPieces', 'Greet', 'Show message'];

    const unknown = problemOf(await caller.post(RUN, { boxId: box.boxId, functionName: 'Explode' }).expect(404));
    const sent = { boxId: box.boxId, functionName: 'Greet', parameters: [{ name: 'Who', value: 'x' }] };
    const parameter = problemOf(await caller.post(RUN, sent).expect(422));

    expect(unknown).toMatchObject({ code: '404.hub.box.function', extra: { box: box.boxId, functions: names } });
    expect(parameter).toMatchObject({ extra: { parameters: ['Name', 'Loud'] } });
  });
});
