import { beforeAll, describe, expect, it } from 'vitest';
import { type TestHub } from '../support/factory.js';
import { leavesAlone, NO_ID } from '../support/management.js';
import { hold } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';
import { ALERTS, listOf, messagesOf, ONE, reporter, send, SOLVE } from './support/alerts.js';

const test = useTestApp();
beforeAll(() => hold(test.app));

const newHub = (): Promise<TestHub> => test.app.create.hub();
const later = (milliseconds = 1000): void => test.app.clock.advance(milliseconds);

/** What a problem says, apart from the id of its request. */
function toldBy({ status, body }: { status: number; body: unknown }): object {
  const { requestId: _, ...problem } = body as Record<string, unknown>;
  return { status, problem };
}

describe('POST …/alerts', () => {
  it('200: answers with the alert as everybody of the group reads it', async () => {
    const { caller } = await reporter(test.app, await newHub());
    const body = { type: 'Warning', message: 'Paper is low', boxId: 'PB0000PT', boxName: 'Line 2' };

    const { body: sent } = await caller.post(ALERTS, body).expect(200);

    expect(sent).toEqual({
      NotificationID: expect.stringMatching(/^[0-9a-f]{24}$/),
      Type: 'Warning',
      Priority: 1,
      Description: 'Paper is low',
      BoxName: 'Line 2',
      BoxDeviceID: 'PB0000PT',
      Solved: false,
      CreateTime: new Date(test.app.clock.now()).toISOString(),
      SolveTime: null,
    });
    expect(await listOf(caller)).toEqual([sent]);
    expect((await caller.get(ONE(sent.NotificationID)).expect(200)).body).toEqual(sent);
  });

  it.each([
    ['Info', 'Info', 0],
    ['warning', 'Warning', 1],
    ['PROBLEM', 'Problem', 2],
    ['Error', 'Problem', 2],
    ['error', 'Problem', 2],
  ])('200: reads the type %s as %s', async (type, read, priority) => {
    const { caller } = await reporter(test.app, await newHub());

    expect(await send(caller, 'Said', type)).toMatchObject({ Type: read, Priority: priority });
  });

  it.each([
    ["it's; DROP TABLE alert; --"],
    ['two\nlines\tand a tab'],
    ['\u{1F525} fire in hall 3 — “now”'],
    ['x'.repeat(2000)],
    ['\u{1F525}'.repeat(1000)],
  ])('200: keeps the message %j as it is', async (message) => {
    const { caller } = await reporter(test.app, await newHub());
    await caller.post(ALERTS, { type: 'Info', message }).expect(200);

    expect(await messagesOf(caller)).toEqual([message]);
  });

  it.each<[unknown, string]>([
    [{ type: 'Info' }, '/message'],
    [{ message: 'x' }, '/type'],
    [{ type: 'Fatal', message: 'x' }, '/type'],
    [{ type: ['Info'], message: 'x' }, '/type'],
    [{ type: 1, message: 'x' }, '/type'],
    [{ type: null, message: 'x' }, '/type'],
    [{ type: 'Info', message: '' }, '/message'],
    [{ type: 'Info', message: ' \u200b ' }, '/message'],
    [{ type: 'Info', message: 'x'.repeat(2001) }, '/message'],
    [{ type: 'Info', message: 'a\0b' }, '/message'],
    [{ type: 'Info', message: '\ud800' }, '/message'],
    [{ type: 'Info', message: 'safe \u202e gnp.exe' }, '/message'],
    [{ type: 'Info', message: { text: 'x' } }, '/message'],
    [{ type: 'Info', message: 12 }, '/message'],
    [{ type: 'Info', message: 'x', boxId: '' }, '/boxId'],
    [{ type: 'Info', message: 'x', boxId: 'x'.repeat(101) }, '/boxId'],
    [{ type: 'Info', message: 'x', boxId: 'a\nb' }, '/boxId'],
    [{ type: 'Info', message: 'x', boxName: 'x'.repeat(201) }, '/boxName'],
    [{ type: 'Info', message: 'x', groupId: NO_ID }, '/groupId'],
    [{ type: 'Info', message: 'x', priority: 2 }, '/priority'],
    [[], ''],
  ])('422: for %j, and points there', async (body, source) => {
    const hub = await newHub();
    const { caller } = await reporter(test.app, hub);

    const answer = await leavesAlone(test.app, hub, () => caller.post(ALERTS, body as object).expect(422));

    expect(answer.body).toMatchObject({ status: 422, source });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });
});

describe('GET …/alerts', () => {
  it('200: the newest first, with pages that do not overlap and a header that says whether more follow', async () => {
    const { caller } = await reporter(test.app, await newHub());
    for (const [message, type] of [
      ['a', 'Info'],
      ['b', 'Problem'],
      ['c', 'Info'],
      ['d', 'Warning'],
      ['e', 'Problem'],
    ]) {
      await send(caller, message, type);
      later();
    }
    const page = async (query: string) => {
      const { body, headers } = await caller.get(`${ALERTS}?${query}`).expect(200);
      return [
        (body as { Description: string }[]).map(({ Description }) => Description).join(''),
        headers['x-more-rows'],
      ];
    };

    expect(await page('')).toEqual(['edcba', 'false']);
    expect(await page('MaxRows=2')).toEqual(['ed', 'true']);
    expect(await page('maxrows=2&skiprows=2')).toEqual(['cb', 'true']);
    expect(await page('MaxRows=2&SkipRows=4')).toEqual(['a', 'false']);
    expect(await page('SkipRows=5')).toEqual(['', 'false']);
  });

  it('200: only those of a state, of a type, and since a moment', async () => {
    const { caller } = await reporter(test.app, await newHub());
    const early = await send(caller, 'early', 'Info');
    later();
    const since = encodeURIComponent(new Date(test.app.clock.now()).toISOString());
    await send(caller, 'info', 'Info');
    await send(caller, 'problem', 'Problem');
    await caller.put(SOLVE, { notificationId: early.NotificationID }).expect(200);

    expect(await messagesOf(caller, '?State=Solved')).toEqual(['early']);
    expect(await messagesOf(caller, '?State=new&Type=info')).toEqual(['info']);
    expect(await messagesOf(caller, '?Type=Error')).toEqual(['problem']);
    expect(new Set(await messagesOf(caller, `?Since=${since}`))).toEqual(new Set(['info', 'problem']));
    expect(await messagesOf(caller, `?Since=${since}&State=Solved`)).toEqual([]);
  });

  it.each([
    ['State=Open', '/query/State'],
    ['Type=Fatal', '/query/Type'],
    ['Since=yesterday', '/query/Since'],
    ['Since=2026-02-30T00:00:00Z', '/query/Since'],
    ['MaxRows=0', '/query/MaxRows'],
    ['MaxRows=501', '/query/MaxRows'],
    ['SkipRows=-1', '/query/SkipRows'],
    ['Group=1', '/query/Group'],
    ['State=New&state=Solved', '/query/State'],
  ])('422: for %s', async (query, source) => {
    const { caller } = await reporter(test.app, await newHub());

    expect((await caller.get(`${ALERTS}?${query}`).expect(422)).body).toMatchObject({ source });
  });
});

describe('the alerts of another group', () => {
  it('are in no list, and by their ids are like ids that were never given', async () => {
    const hub = await newHub();
    const [own, beside, elsewhere] = [
      await reporter(test.app, hub),
      await reporter(test.app, hub),
      await reporter(test.app, await newHub()),
    ];
    const mine = await send(own.caller, 'mine');
    const foreign = [await send(beside.caller, 'beside'), await send(elsewhere.caller, 'elsewhere')];
    const gone = await send(own.caller, 'gone');
    await own.caller.delete(ALERTS, { notificationId: gone.NotificationID }).expect(200);
    const ids = [...foreign.map(({ NotificationID }) => NotificationID), gone.NotificationID, NO_ID, 'x', `${NO_ID} `];

    const told = await leavesAlone(test.app, hub, async () => {
      const answers: object[] = [];
      for (const notificationId of ids) {
        answers.push(
          toldBy(await own.caller.get(ONE(encodeURIComponent(notificationId)))),
          toldBy(await own.caller.put(SOLVE, { notificationId })),
          toldBy(await own.caller.delete(ALERTS, { notificationId })),
        );
      }
      return answers;
    });

    expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(told[0]).toMatchObject({ status: 404, problem: { code: '404.hub.alert' } });
    expect(await listOf(own.caller)).toEqual([mine]);
    expect(await messagesOf(elsewhere.caller)).toEqual(['elsewhere']);
  });

  it('stay as they are when a group solves and deletes all of its own', async () => {
    const hub = await newHub();
    const [one, other] = [await reporter(test.app, hub), await reporter(test.app, hub)];
    await send(one.caller);
    const theirs = await send(other.caller);

    await one.caller.put(SOLVE, { all: true }).expect(200);
    await one.caller.delete(ALERTS, { all: true }).expect(200);

    expect(await listOf(one.caller)).toEqual([]);
    expect(await listOf(other.caller)).toEqual([theirs]);
  });
});

describe('PUT …/alerts/solve', () => {
  it('200: one, once: who solved it first, and when, stays', async () => {
    const { caller } = await reporter(test.app, await newHub());
    const { NotificationID: notificationId, ...facts } = await send(caller);
    later();
    const SolveTime = new Date(test.app.clock.now()).toISOString();

    const first = await caller.put(SOLVE, { notificationId }).expect(200);
    later();
    const second = await caller.put(SOLVE, { notificationId }).expect(200);

    expect([first.body, second.body]).toEqual([
      { state: 'Success', count: 1, more: false },
      { state: 'Success', count: 0, more: false },
    ]);
    expect(await listOf(caller)).toEqual([{ NotificationID: notificationId, ...facts, Solved: true, SolveTime }]);
  });

  it('200: all that are new, however many parts that takes', async () => {
    const { caller } = await reporter(test.app, await newHub());
    for (let count = 0; count < 101; count += 1) {
      await send(caller, `alert ${count}`, ['Info', 'Warning', 'Problem'][count % 3]);
    }

    const { body } = await caller.put(SOLVE, { all: true }).expect(200);

    expect(body).toEqual({ state: 'Success', count: 101, more: false });
    expect(await listOf(caller, '?State=New')).toEqual([]);
    expect(await listOf(caller, '?State=Solved&MaxRows=500')).toHaveLength(101);
  });
});

describe('DELETE …/alerts', () => {
  it('200: one, solved or not; all: only those that are solved', async () => {
    const { caller } = await reporter(test.app, await newHub());
    const [one, solved, fresh] = [await send(caller, 'one'), await send(caller, 'solved'), await send(caller, 'new')];
    await caller.put(SOLVE, { notificationId: solved.NotificationID }).expect(200);

    const single = await caller.delete(ALERTS, { notificationId: one.NotificationID }).expect(200);
    const all = await caller.delete(ALERTS, { all: true }).expect(200);

    expect([single.body, all.body]).toEqual(Array(2).fill({ state: 'Success', count: 1, more: false }));
    expect(await listOf(caller)).toEqual([fresh]);
    await caller.delete(ALERTS, { notificationId: one.NotificationID }).expect(404);
  });
});

describe.each(['put', 'delete'] as const)('%s, of which alerts', (method) => {
  const path = method === 'put' ? SOLVE : ALERTS;

  it.each<[unknown, string]>([
    [{}, '/notificationId'],
    [undefined, '/notificationId'],
    [{ all: true, notificationId: NO_ID }, '/all'],
    [{ all: false }, '/all'],
    [{ all: 'true' }, '/all'],
    [{ notificationId: null }, '/notificationId'],
    [{ notificationId: 12 }, '/notificationId'],
    [{ notificationId: '' }, '/notificationId'],
    [{ notificationId: { $ne: '' } }, '/notificationId'],
    [{ notificationId: 'x'.repeat(101) }, '/notificationId'],
    [{ ids: [NO_ID] }, '/ids'],
  ])('422: for %j; nothing changes', async (body, source) => {
    const hub = await newHub();
    const { caller } = await reporter(test.app, hub);
    await send(caller);

    const answer = await leavesAlone(test.app, hub, () => caller[method](path, body as object).expect(422));

    expect(answer.body).toMatchObject({ source });
  });
});

describe('rights on alerts', () => {
  const tries = (id: string) =>
    [
      ['read', 'get', ALERTS, undefined],
      ['read', 'get', ONE(id), undefined],
      ['write', 'post', ALERTS, { type: 'Info', message: 'x' }],
      ['write', 'put', SOLVE, { notificationId: id }],
      ['write', 'put', SOLVE, { all: true }],
      ['write', 'delete', ALERTS, { notificationId: id }],
      ['write', 'delete', ALERTS, { all: true }],
    ] as const;

  it('403: to read they need the one, for everything else the other; nothing changes', async () => {
    const hub = await newHub();
    for (const rights of [[], ['read'], ['write']] as const) {
      const { caller } = await reporter(test.app, hub, rights);
      for (const [right, method, path, body] of tries(NO_ID)) {
        const held = (rights as readonly string[]).includes(right);
        const ask = () => (method === 'get' ? caller.get(path) : caller[method](path, body));
        const answer = await (held ? ask() : leavesAlone(test.app, hub, ask));
        const { extra } = answer.body as { extra?: object };
        expect([answer.status === 403, extra]).toEqual([!held, held ? undefined : { right }]);
      }
    }
  });

  it('403: to a key without a group, and to rights of lists on everything', async () => {
    const hub = await newHub();
    const none = test.app.as(
      await test.app.create.token(await test.app.create.key({ hub, scopes: ['read:alerts', 'write:alerts'] })),
    );
    const lists = await test.app.create.integrator(hub);

    for (const caller of [none, lists]) {
      for (const [right, method, path, body] of tries(NO_ID)) {
        const answer = await (method === 'get' ? caller.get(path) : caller[method](path, body)).expect(403);
        expect(answer.body).toMatchObject({ extra: { right } });
      }
    }
  });

  it('act at once when the group loses them', async () => {
    const hub = await newHub();
    const { caller, groupId } = await reporter(test.app, hub);
    await send(caller);
    const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
    await owner.patch(`/v1/hubs/current/groups/${groupId}`, { permissions: { lists: [] } }).expect(200);

    const answers = [await caller.get(ALERTS), await caller.post(ALERTS, { type: 'Info', message: 'x' })];
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
  });
});
