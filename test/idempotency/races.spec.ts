import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { leavesAlone, refusalOf, ROLES } from '../support/management.js';
import { TestApp } from '../support/test-app.js';
import { type Engine } from '../../src/database/engine.js';
import { holdNextRole } from './support/gate.js';
import { keyed, newKey, POST_NAMES, POSTS, recordsOf, rowsIn } from './support/posts.js';

const ROLE = { identifier: 'night-shift', rank: 1 };
let here: TestApp;
let there: TestApp;

beforeAll(async () => {
  here = await TestApp.start();
  there = await here.secondNode();
}, 60_000);
afterAll(async () => {
  await there?.stop();
  await here?.stop();
});

/** An owner of a new hub, as seen by each node. */
async function owners(): Promise<{ hub: TestHub; callers: Record<Where, Client> }> {
  const hub = await here.create.hub();
  const { secret } = await here.create.ownerKey(hub);
  return { hub, callers: { 'the same node': here.as(secret), 'another node': there.as(secret) } };
}

type Where = 'the same node' | 'another node';
const WHERE: readonly Where[] = ['the same node', 'another node'];

/** supertest sends only when it is waited for. */
const send = <T>(request: PromiseLike<T>): Promise<T> => Promise.resolve(request.then((answer) => answer));

const rolesMade = async (hub: TestHub): Promise<number> =>
  (await rowsIn(here, 'role', hub)).filter(({ identifier }) => identifier === ROLE.identifier).length;

describe.each(WHERE)('a second request at once, at %s', (where) => {
  it.each(POST_NAMES)('(%s) has no second effect and gets the answer of the first', async (name) => {
    const { hub, callers } = await owners();
    const { path, body, table } = await POSTS[name](here, hub);
    const before = await rowsIn(here, table, hub);
    const key = newKey();

    const both = await Promise.all([
      keyed(callers['the same node'], key).post(path, body),
      keyed(callers[where], key).post(path, body),
    ]);
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(both[0].text).toBe(both[1].text);
    expect(both.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(1);
    expect(await rowsIn(here, table, hub)).toHaveLength(before.length + 1);
  });

  it('waits for the first, and gets its answer when that comes in time', async () => {
    const { hub, callers } = await owners();
    const key = newKey();
    const gate = holdNextRole(here);
    const first = send(keyed(callers['the same node'], key).post(ROLES, ROLE));
    await gate.reached;
    const second = send(keyed(callers[where], key).post(ROLES, ROLE));
    await sleep(300);
    gate.open();

    const [one, two] = await Promise.all([first, second]);
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.text).toBe(one.text);
    expect(two.headers['idempotency-replayed']).toBe('true');
    expect(await rolesMade(hub)).toBe(1);
  });

  it('waits for two seconds and is then told to come again', async () => {
    const { hub, callers } = await owners();
    const key = newKey();
    const gate = holdNextRole(here);
    const first = send(keyed(callers['the same node'], key).post(ROLES, ROLE));
    await gate.reached;

    const second = await keyed(callers[where], key).post(ROLES, ROLE);
    expect(second.status).toBe(409);
    expect(second.headers['retry-after']).toBe('1');
    expect(refusalOf(second).code).toBe('409.in-progress');
    gate.open();
    const { status, text } = await first;
    expect(status).toBe(201);
    const third = await keyed(callers[where], key).post(ROLES, ROLE).expect(201);
    expect(third.text).toBe(text);
    expect(await rolesMade(hub)).toBe(1);
  });

  it('does the work when the first has failed', async () => {
    const { hub, callers } = await owners();
    const key = newKey();
    const gate = holdNextRole(here);
    const first = send(keyed(callers['the same node'], key).post(ROLES, ROLE));
    await gate.reached;
    const second = send(keyed(callers[where], key).post(ROLES, ROLE));
    failNextCommit(here, 'before');
    gate.open();

    expect((await first).status).toBe(500);
    const { status, headers } = await second;
    expect(status).toBe(201);
    expect(headers['idempotency-replayed']).toBeUndefined();
    expect(await rolesMade(hub)).toBe(1);
  });

  it('with another key does not wait for more than the database', async () => {
    const { hub, callers } = await owners();

    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => keyed(callers[WHERE[index % 2] ?? where]).post(ROLES, ROLE)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
    expect(await rolesMade(hub)).toBe(8);
  });
});

describe('many requests under one key, at both nodes at once', () => {
  it('have one effect', async () => {
    const { hub, callers } = await owners();
    const key = newKey();

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        keyed(callers[WHERE[index % 2] ?? 'the same node'], key).post(ROLES, ROLE),
      ),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    expect(made.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(answers.filter(({ status }) => ![201, 409].includes(status))).toEqual([]);
    expect(await rolesMade(hub)).toBe(1);
  });
});

describe('a server that dies', () => {
  it.each(POST_NAMES)('before the commit (%s) has kept nothing: the repetition does the work, once', async (name) => {
    const { hub, callers } = await owners();
    const { path, body, table } = await POSTS[name](here, hub);
    const before = await rowsIn(here, table, hub);
    const caller = keyed(callers['the same node']);

    failNextCommit(here, 'before');
    await leavesAlone(here, hub, () => caller.post(path, body).expect(500));
    expect(await recordsOf(here, hub)).toEqual([]);
    const { headers } = await caller.post(path, body).expect(201);
    expect(headers['idempotency-replayed']).toBeUndefined();
    expect(headers['etag'] === undefined).toBe(name === 'rotateAPIKey');
    expect(await rowsIn(here, table, hub)).toHaveLength(before.length + 1);
  });

  it.each(POST_NAMES)('after the commit (%s) has kept the answer that nobody got', async (name) => {
    const { hub, callers } = await owners();
    const { path, body, table } = await POSTS[name](here, hub);
    const before = await rowsIn(here, table, hub);
    const key = newKey();

    failNextCommit(here, 'after');
    const lost = await keyed(callers['the same node'], key).post(path, body);
    expect(lost.status).toBe(500);
    expect(lost.headers['etag']).toBeUndefined();
    const again = await keyed(callers['another node'], key).post(path, body).expect(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await rowsIn(here, table, hub)).toHaveLength(before.length + 1);
  });
});

describe('a deadlock inside', () => {
  it('starts the work again, and one answer is kept', async () => {
    const { hub, callers } = await owners();
    const caller = keyed(callers['the same node']);
    const { engine } = here.database;
    const begin = engine.begin.bind(engine);
    let attempts = 0;
    engine.begin = async (...input) => {
      attempts += 1;
      await begin(...input);
    };
    const gate = holdNextRole(here, Object.assign(new Error('Deadlock'), { errno: 1213 }));
    const first = send(caller.post(ROLES, ROLE));
    await gate.reached;
    gate.open();

    expect((await first).status).toBe(201);
    Reflect.deleteProperty(engine, 'begin');
    expect(attempts).toBe(2);
    expect((await caller.post(ROLES, ROLE).expect(201)).text).toBe((await first).text);
    expect(await rolesMade(hub)).toBe(1);
  });
});

/** As if the process were killed around its next COMMIT: what is in its memory is lost, what is committed is not. */
function failNextCommit({ database }: TestApp, when: 'before' | 'after'): void {
  const { engine } = database;
  const commit: Engine['commit'] = engine.commit.bind(engine);
  engine.commit = async (runner) => {
    Reflect.deleteProperty(engine, 'commit');
    if (when === 'after') {
      await commit(runner);
    }
    throw new Error('killed');
  };
}
