import { describe, expect, it } from 'vitest';
import { generateSecret } from '../../src/access/index.js';
import { newId } from '../../src/common/ids.js';
import { REPORTS_PER_MINUTE } from '../../src/modules/box/report-budget.js';
import { type TestBox, type TestHub } from '../support/factory.js';
import { activityOf, dataOf, type Json, ownedHub, refusalOf } from '../support/management.js';
import { routeTable } from '../support/route-table.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();
const REPORT = '/public-api/v1/box/report';
const BOXES = '/v1/hubs/current/boxes';

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

const problemOf = ({ body }: { body: unknown }): Problem => body as Problem;
const stateOf = async ({ id }: TestBox): Promise<Json> =>
  (await test.app.database.query<Json>('SELECT runtime_version, state, address FROM box WHERE id = ?', [id]))[0] ?? {};

async function boxWithToken(hub: TestHub): Promise<{ box: TestBox; token: string }> {
  const box = await test.app.create.box(hub, { address: '10.0.0.1' });
  return { box, token: await test.app.create.boxToken(hub, box) };
}

describe('POST /v1/hubs/current/boxes/:boxId/token', () => {
  it('201: shows the token once; no table and no activity has it', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const box = await test.app.create.box(hub);
    let made: Json = {};

    const entries = await activityOf(test.app, hub, async () => {
      made = dataOf(await owner.post(`${BOXES}/${box.id}/token`).expect(201));
    });

    const token = String(made.token);
    expect(token).toMatch(new RegExp(`^hgb_${box.id}_[0-9A-Za-z]{38}$`));
    expect(made.box).toMatchObject({ id: box.id, token_created: expect.any(String) });
    expect(entries.map(({ event }) => event)).toEqual(['hub.box.token.create']);
    expect(JSON.stringify(entries)).not.toContain(token);
    const shown = await owner.get(`${BOXES}/${box.id}`).expect(200);
    expect(JSON.stringify(shown.body)).not.toContain('hgb_');
  });

  it('201: the token before is refused at once', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { box, token } = await boxWithToken(hub);
    await test.app.as(token).post(REPORT, {}).expect(200);

    const { body } = await owner.post(`${BOXES}/${box.id}/token`).expect(201);

    await test.app.as(token).post(REPORT, { version: 'late' }).expect(401);
    await test.app
      .as((body as { data: { token: string } }).data.token)
      .post(REPORT, { version: 'new' })
      .expect(200);
    expect(await stateOf(box)).toMatchObject({ runtime_version: 'new' });
  });
});

describe('DELETE /v1/hubs/current/boxes/:boxId/token', () => {
  it('200: ends it at once, on every server', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { box, token } = await boxWithToken(hub);
    const second = await test.app.secondNode();
    try {
      await second.as(token).post(REPORT, {}).expect(200);

      await owner.delete(`${BOXES}/${box.id}/token`).expect(200);

      const statuses = [second, test.app].map(async (node) => (await node.as(token).post(REPORT, {})).status);
      expect(await Promise.all(statuses)).toEqual([401, 401]);
    } finally {
      await second.stop();
    }
  });

  it('409: when there is none', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { id } = await test.app.create.box(hub);

    expect(refusalOf(await owner.delete(`${BOXES}/${id}/token`).expect(409)).code).toBe('409.not-begun');
  });
});

describe('who may report', () => {
  it('nobody but the box itself: other credentials are told what they are', async () => {
    const { hub } = await ownedHub(test.app);
    const key = await test.app.create.ownerKey(hub);
    const token = await test.app.create.token(await test.app.create.integrationKey(hub));
    const person = await test.app.people.member({ hub, roleId: hub.roles['owner'] });
    const session = person.token;

    const told = [];
    for (const credential of [key.secret, token, session, 'nonsense']) {
      const answer = await test.app.as(credential).post(REPORT, {}).expect(401);
      told.push(problemOf(answer).detail.split('What was sent is ')[1]);
      expect(answer.headers).toHaveProperty('www-authenticate');
    }

    expect(told).toEqual(['an API key.', 'an access token.', 'the session of a person.', 'something else.']);
    await test.app.anonymous.post(REPORT, {}).expect(401);
    await test.app.anonymous.with({ apiKey: key.secret }).post(REPORT, {}).expect(401);
  });

  it('no token that is garbled, made up, of another box, of a deleted box or of a hub that is off; all read the same', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { box, token } = await boxWithToken(hub);
    const other = await test.app.create.box(hub);
    const gone = await boxWithToken(hub);
    await owner.delete(`${BOXES}/${gone.box.id}`).expect(200);
    const off = await test.app.create.hub();
    const inOff = await boxWithToken(off);
    await test.app.database.transaction((tx) => tx.query("UPDATE hub SET state = 'inactive' WHERE id = ?", [off.id]));
    const bad = [
      `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`,
      token.slice(0, -1),
      token.toUpperCase().replace('HGB', 'hgb'),
      token.replace(box.id, other.id),
      generateSecret('box', box.id).text,
      generateSecret('box', newId()).text,
      gone.token,
      inOff.token,
    ];

    const told = new Set<string>();
    for (const credential of bad) {
      told.add(problemOf(await test.app.as(credential).post(REPORT, { version: 'forged' }).expect(401)).detail);
    }

    expect([...told]).toEqual(['The box token is not valid. Check that it was copied whole and has not been revoked.']);
    expect(await stateOf(box)).toMatchObject({ runtime_version: null });
    expect(await stateOf(other)).toMatchObject({ runtime_version: null });
  });

  it('guessers are slowed down per address, and the box that is known goes on from there', async () => {
    const { hub } = await ownedHub(test.app);
    const { token } = await boxWithToken(hub);
    const from = '203.0.113.77';
    await test.app.as(token).from(from).post(REPORT, {}).expect(200);
    const statuses = new Set<number>();
    for (let guess = 0; guess < 40; guess += 1) {
      const guessed = test.app.as(generateSecret('box', newId()).text).from(from);
      statuses.add((await guessed.post(REPORT, {})).status);
    }

    expect([...statuses]).toEqual([401, 429]);
    await test.app.as(token).from(from).post(REPORT, {}).expect(200);
  });

  it('one box may not report without end', async () => {
    const { hub } = await ownedHub(test.app);
    const { token } = await boxWithToken(hub);
    const neighbour = await boxWithToken(hub);
    for (let report = 0; report < REPORTS_PER_MINUTE; report += 1) {
      await test.app.as(token).post(REPORT, {}).expect(200);
    }

    const answer = await test.app.as(token).post(REPORT, { version: 'too much' }).expect(429);

    expect(answer.headers).toMatchObject({ 'retry-after': '60' });
    await test.app.as(neighbour.token).post(REPORT, {}).expect(200);
  });
});

describe('what a box token opens', () => {
  it('is its report and no other route at all', async () => {
    const { hub } = await ownedHub(test.app);
    const { box, token } = await boxWithToken(hub);
    const wrong: string[] = [];
    const open = new Set<string>();
    for (const { method, path } of routeTable(test.app)) {
      const url = path.replace(/:boxId/g, box.id).replace(/:\w+/g, '0'.repeat(24));
      const headers = { authorization: `Bearer ${token}`, apikey: token };
      const { statusCode } = await test.app.nest.inject({ method: method as 'GET', url, headers });
      const needsNone = (await test.app.nest.inject({ method: method as 'GET', url })).statusCode !== 401;
      if (needsNone) {
        open.add(path);
      } else if (path !== REPORT && statusCode !== 401) {
        wrong.push(`${method} ${path}: ${statusCode}`);
      }
    }

    expect(wrong).toEqual([]);
    expect([...open].filter((path) => path.startsWith('/v1/hubs/current/boxes'))).toEqual([]);
  });

  it('is told so elsewhere', async () => {
    const { hub } = await ownedHub(test.app);
    const { token } = await boxWithToken(hub);

    const management = refusalOf(await test.app.as(token).get('/v1/hubs/current').expect(401));
    const door = problemOf(await test.app.as(token).get('/public-api/v1/lists').expect(401));

    expect([management.detail, door.detail]).toEqual(
      Array(2).fill('A box token opens POST /public-api/v1/box/report and nothing else.'),
    );
  });
});
