import { describe, expect, it } from 'vitest';
import { type DataRight, type Scope, SCOPES } from '../../src/access/index.js';
import { JobWorker } from '../../src/modules/job/index.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { dataOf, leavesAlone, ownedHub } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

const MANAGED = '/v1/hubs/current/variables';
const VARIABLES = '/public-api/v1/variables';
const VARIABLE = `${VARIABLES}/variable`;
const named = (name: string): string => `${VARIABLE}?Name=${encodeURIComponent(name)}`;
const test = useTestApp();

interface Place {
  readonly hub: TestHub;
  readonly owner: Client;
  readonly ids: Readonly<Record<'LineSpeed' | 'Shift' | 'Locked', string>>;
}

/** A hub with a variable of each type. */
async function place(): Promise<Place> {
  const { hub, owner } = await ownedHub(test.app);
  const make = async (name: string, type: string, value: unknown): Promise<string> => {
    return String(dataOf(await owner.post(MANAGED, { name, type, value }).expect(201)).id);
  };
  const ids = {
    LineSpeed: await make('LineSpeed', 'Number', 12.5),
    Shift: await make('Shift', 'String', 'night'),
    Locked: await make('Locked', 'Boolean', false),
  };
  return { hub, owner, ids };
}

/** An integrator with these rights on this variable, or on all. */
async function integrator(
  hub: TestHub,
  rights: readonly DataRight[] = ['read', 'write'],
  variable_id = '*',
  scopes: readonly Scope[] = SCOPES,
): Promise<Client> {
  const variables = rights.length === 0 ? [] : [{ variable_id, rights }];
  return test.app.create.integrator(hub, {
    scopes,
    groupId: await test.app.create.group(hub, { lists: [], variables }),
  });
}

const valueOf = async (caller: Client, name: string): Promise<unknown> =>
  ((await caller.get(named(name)).expect(200)).body as { value: unknown }).value;

describe('GET …/variables', () => {
  it('200: those that the key may read, by name, of this hub only', async () => {
    const { hub, ids, owner } = await place();
    await place();
    const one = await integrator(hub, ['read'], ids.Shift);

    expect((await (await integrator(hub)).get(VARIABLES).expect(200)).body).toEqual([
      { name: 'LineSpeed', type: 'Number', value: 12.5 },
      { name: 'Locked', type: 'Boolean', value: false },
      { name: 'Shift', type: 'String', value: 'night' },
    ]);
    expect((await one.get(VARIABLES).expect(200)).body).toEqual([{ name: 'Shift', type: 'String', value: 'night' }]);
    expect((await (await integrator(hub, ['write'])).get(VARIABLES).expect(200)).body).toEqual([]);
    await owner.delete(`${MANAGED}/${ids.Shift}`).expect(200);
    expect((await one.get(VARIABLES).expect(200)).body).toEqual([]);
  });
});

describe('GET …/variables/variable', () => {
  it.each(['LineSpeed', 'linespeed', ' LINESPEED '])('200: finds %j, whatever its case', async (name) => {
    const { hub } = await place();
    const { body, headers } = await (await integrator(hub)).get(named(name)).expect(200);

    expect(body).toEqual({ name: 'LineSpeed', type: 'Number', value: 12.5 });
    expect(headers['etag']).toMatch(/^"[0-9a-f]{24}-1"$/);
  });

  it.each([
    ['', '/query/Name'],
    ['?Name=', '/query/Name'],
    ['?Name=a&name=b', '/query/Name'],
    ['?Id=1', '/query/Id'],
    [`?Name=${'x'.repeat(401)}`, '/query/Name'],
  ])('422: for %s', async (query, source) => {
    const { hub } = await place();

    expect((await (await integrator(hub)).get(VARIABLE + query).expect(422)).body).toMatchObject({ source });
  });
});

describe('PUT …/variables/variable', () => {
  it.each([
    ['LINESPEED', -1.5],
    ['linespeed', null],
    ['Shift', ''],
    ['Shift', "late'; DROP TABLE variable; -- \u{1F525}"],
    ['Locked', true],
  ])('200: gives %s the value %j', async (name, value) => {
    const { hub } = await place();
    const caller = await integrator(hub);

    expect((await caller.put(VARIABLE, { name, value }).expect(200)).body).toEqual({ state: 'Success' });

    expect(await valueOf(caller, name)).toBe(value);
  });

  it.each<[object | string, string]>([
    [{ name: 'LineSpeed' }, '/value'],
    [{ value: 1 }, '/name'],
    [{ name: 12, value: 1 }, '/name'],
    [{ name: 'LineSpeed', value: '12' }, '/value'],
    [{ name: 'LineSpeed', value: [] }, '/value'],
    ['{"name":"LineSpeed","value":-1e999}', '/value'],
    [{ name: 'Shift', value: 12 }, '/value'],
    [{ name: 'Shift', value: 'a\0' }, '/value'],
    [{ name: 'Shift', value: '\ud83d' }, '/value'],
    [{ name: 'Shift', value: 'x'.repeat(4001) }, '/value'],
    [{ name: 'Locked', value: 0 }, '/value'],
    [{ name: 'Locked', value: true, type: 'String' }, '/type'],
    ['{"name":"Locked","value":true,"__proto__":{}}', ''],
    [[], ''],
  ])('4xx: for %j; nothing changes', async (body, source) => {
    const { hub } = await place();
    const caller = await integrator(hub);

    const answer = await leavesAlone(test.app, hub, () => caller.put(VARIABLE, body));

    expect([400, 422]).toContain(answer.status);
    expect((answer.body as { source?: string }).source ?? '').toBe(source);
  });

  it('412: with If-Match only in the state that it names; who does not send it, writes last', async () => {
    const { hub, owner, ids } = await place();
    const caller = await integrator(hub);
    const { headers } = await caller.get(named('Shift')).expect(200);
    const builds = caller.with({ 'if-match': headers['etag'] as string });
    const changed = await builds.put(VARIABLE, { name: 'Shift', value: 'late' }).expect(200);

    const answer = await leavesAlone(test.app, hub, () =>
      builds.put(VARIABLE, { name: 'Shift', value: 'early' }).expect(412),
    );

    expect(answer.body).toMatchObject({ code: '412.revision-mismatch', extra: { etag: changed.headers['etag'] } });
    expect((await caller.get(named('Shift')).expect(200)).headers['etag']).toBe(changed.headers['etag']);
    expect((await owner.get(`${MANAGED}/${ids.Shift}`).expect(200)).headers['etag']).toBe(changed.headers['etag']);
    await caller.put(VARIABLE, { name: 'Shift', value: 'early' }).expect(200);
    expect(await valueOf(caller, 'Shift')).toBe('early');
  });

  it('lets exactly one of several win who build on the same state at once', async () => {
    const { hub } = await place();
    const caller = await integrator(hub);
    const { headers } = await caller.get(named('LineSpeed')).expect(200);
    const builds = caller.with({ 'if-match': headers['etag'] as string });

    const answers = await Promise.all([1, 2, 3, 4].map((value) => builds.put(VARIABLE, { name: 'LineSpeed', value })));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412]);
    expect(await valueOf(caller, 'LineSpeed')).toBe(answers.findIndex(({ status }) => status === 200) + 1);
  });
});

describe('rights on variables', () => {
  /** Rights first, then existence: with no right at all that its scopes let through, a variable is not there. */
  const ruled = (right: DataRight, rights: readonly DataRight[], scopes: readonly Scope[]) => {
    const scope = (one: DataRight): Scope => `${one}:lists`;
    const effective = rights.filter((one) => scopes.includes(scope(one)));
    if (!scopes.includes(scope(right))) {
      return [403, { scope: scope(right) }];
    }
    if (effective.length === 0) {
      return [404, undefined];
    }
    return effective.includes(right) ? [200, undefined] : [403, { right }];
  };
  const RIGHTS: readonly (readonly DataRight[])[] = [[], ['read'], ['write'], ['read', 'write']];
  const LISTS: readonly (readonly Scope[])[] = [[], ['read:lists'], ['write:lists'], ['read:lists', 'write:lists']];
  const OTHERS: readonly Scope[] = ['read:alerts', 'write:alerts', 'read:box', 'write:box'];

  it.each(RIGHTS.flatMap((rights) => LISTS.map((scopes) => ({ rights, scopes }))))(
    '$rights with $scopes',
    async ({ rights, scopes }) => {
      const { hub, ids } = await place();
      for (const all of [scopes, [...scopes, ...OTHERS]]) {
        const caller = await integrator(hub, rights, ids.Shift, all);
        const read = await caller.get(named('Shift'));
        const written = await caller.put(VARIABLE, { name: 'Shift', value: 'day' });
        const told = ({ status, body }: typeof read) => [status, (body as { extra?: object }).extra];

        expect([told(read), told(written)]).toEqual([ruled('read', rights, all), ruled('write', rights, all)]);
      }
    },
  );

  it('404: on another variable, one of another hub, and one that never was, all alike; nothing changes', async () => {
    const { hub, ids } = await place();
    const other = await ownedHub(test.app);
    await other.owner.post(MANAGED, { name: 'Elsewhere', type: 'String' }).expect(201);
    const caller = await integrator(hub, ['read', 'write'], ids.Shift);

    const told = await leavesAlone(test.app, hub, async () => {
      const answers: string[] = [];
      for (const name of ['LineSpeed', 'Elsewhere', 'Never']) {
        for (const answer of [await caller.get(named(name)), await caller.put(VARIABLE, { name, value: 'x' })]) {
          const { requestId: _, ...problem } = answer.body as Record<string, unknown>;
          answers.push(JSON.stringify([answer.status, problem]));
        }
      }
      return answers;
    });

    expect(new Set(told).size).toBe(1);
    expect(JSON.parse(told[0] ?? '')).toMatchObject([404, { code: '404.hub.variable' }]);
  });

  it('are not those on lists, and act at once when the group loses them', async () => {
    const { hub, owner } = await place();
    await (await test.app.create.integrator(hub)).get(named('Shift')).expect(404);
    const groupId = await test.app.create.group(hub, {
      lists: [],
      variables: [{ variable_id: '*', rights: ['read'] }],
    });
    const caller = await test.app.create.integrator(hub, { groupId });
    await caller.get(named('Shift')).expect(200);

    await owner.patch(`/v1/hubs/current/groups/${groupId}`, { permissions: { lists: [] } }).expect(200);

    expect((await caller.get(named('Shift'))).status).toBe(404);
  });
});

describe('the variables of a hub that ends', () => {
  it('end with it, without their values', async () => {
    const { hub, owner } = await place();
    await owner.delete('/v1/hubs/current', { options: { force: true } }).expect(202);
    await test.app.nest.get(JobWorker).work();

    const sql = 'SELECT value, name_key, deleted_at IS NULL AS live FROM variable WHERE hub_id = ?';
    expect(await test.app.database.query(sql, [hub.id])).toEqual(
      Array(3).fill({ value: null, name_key: null, live: 0 }),
    );
  });
});
