import { describe, expect, it } from 'vitest';
import { LastUseWriter } from '../../src/modules/api-key/index.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import {
  API_KEYS,
  dataOf,
  type Json,
  keyPath,
  leavesAlone,
  ownedHub,
  refusalOf,
  WHOAMI,
} from '../support/management.js';
import { hold, statementsOf, tamper } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

const list = async (caller: Client, query: string): Promise<Json[]> =>
  dataOf<Json[]>(await caller.get(`${API_KEYS}?${query}`).expect(200));
const names = async (caller: Client, query: string): Promise<unknown[]> =>
  (await list(caller, query)).map(({ name }) => name);
const key = (hub: TestHub, name: string, expiresAt?: string) =>
  test.app.create.key({ hub, name, roleId: hub.roles.integration, expiresAt });
const isoOf = (time: number): string => new Date(time).toISOString();

/** A hub whose keys were last used at these times; the owner's key is left out of the search. */
async function hubWithUses(uses: Readonly<Record<string, number | null>>): Promise<Client> {
  const { hub, owner } = await ownedHub(test.app);
  for (const [name, at] of Object.entries(uses)) {
    const { id } = await key(hub, `used ${name}`);
    if (at !== null) {
      await tamper(test.app, ['UPDATE api_key SET last_used_at = ? WHERE id = ?', [at, id]]);
    }
  }
  return owner;
}

describe('filter[expires_before]', () => {
  async function hubWithEnds(): Promise<Client> {
    const { hub, owner } = await ownedHub(test.app);
    await key(hub, 'late', '2040-01-01T00:00:00Z');
    await key(hub, 'soon', '2031-01-01T00:00:00Z');
    await key(hub, 'never');
    await key(hub, 'middle', '2035-01-01T00:00:00Z');
    return owner;
  }

  it('finds those that end before, the first one first, and never one without an end', async () => {
    const owner = await hubWithEnds();

    expect(await names(owner, 'filter[expires_before]=2039-01-01T00:00:00Z')).toEqual(['soon', 'middle']);
    expect(await names(owner, 'filter[expires_before]=9999-01-01T00:00:00Z&sort=-name')).toEqual([
      'soon',
      'middle',
      'late',
    ]);
  });

  it('means before: not at, and by the moment, whatever its offset', async () => {
    const owner = await hubWithEnds();

    expect(await names(owner, 'filter[expires_before]=2031-01-01T00:00:00Z')).toEqual([]);
    expect(await names(owner, 'filter[expires_before]=2031-01-01T00:00:00.001Z')).toEqual(['soon']);
    expect(await names(owner, 'filter[expires_before]=2031-01-01T01:00:00%2B02:00')).toEqual([]);
    expect(await names(owner, 'filter[expires_before]=2031-01-01T01:00:00-02:00')).toEqual(['soon']);
  });

  it.each([
    '2031-01-01',
    '2031-01-01T00:00:00',
    '2031-02-30T00:00:00Z',
    'tomorrow',
    '1924992000000',
    '2031-01-01T00:00:00+02:00',
  ])('422: for %s, with an example of what would be right', async (value) => {
    const { owner } = await ownedHub(test.app);

    for (const filter of ['expires_before', 'last_used_before']) {
      const refusal = refusalOf(await owner.get(`${API_KEYS}?filter[${filter}]=${value}`).expect(422));
      expect(refusal).toMatchObject({
        code: '422.invalid-argument',
        source: `/query/filter/${filter}`,
        detail: expect.stringContaining('2030-01-01T00:00:00Z'),
      });
    }
  });
});

describe('filter[last_used_before]', () => {
  it('finds those that nobody has used since, the longest unused first, and those never used before them', async () => {
    const owner = await hubWithUses({ new: 3_000_000, never: null, old: 1_000_000, middle: 2_000_000 });
    const found = (time: number) =>
      names(owner, `filter[last_used_before]=${isoOf(time)}&filter[search]=used&filter[state]=live`);

    expect(await found(2_000_001)).toEqual(['used never', 'used old', 'used middle']);
    expect(await found(2_000_000)).toEqual(['used never', 'used old']);
    expect(await found(1)).toEqual(['used never']);
  });

  it('and the sort go by every secret of a key, from its first use on', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const [first, second] = [await key(hub, 'first'), await key(hub, 'second')];
    const flush = () => test.app.nest.get(LastUseWriter).flush();
    await owner.get(WHOAMI).expect(200);
    await test.app.as(second.secret).get(WHOAMI).expect(200);
    await flush();
    const rotated = await test.app.create.rotate(hub, first);
    test.app.clock.advance(5000);
    await test.app.as(rotated.secret).get(WHOAMI).expect(200);
    await flush();
    const since = isoOf(test.app.clock.now() - 2500);

    expect((await names(owner, 'sort=-last_used_at')).slice(0, 2)).toContain('first');
    expect(await names(owner, `filter[last_used_before]=${since}&filter[search]=first`)).toEqual([]);
    expect(await names(owner, `filter[last_used_before]=${since}&filter[search]=second`)).toEqual(['second']);
  });

  it('is not set back by an edit that was begun before the use was written', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const used = await key(hub, 'used');
    await test.app.as(used.secret).get(WHOAMI).expect(200);
    await test.app.nest.get(LastUseWriter).flush();

    await owner.patch(keyPath(used), { name: 'renamed' }).expect(200);

    expect(await names(owner, 'filter[last_used_before]=2000-01-01T00:00:00Z&filter[search]=renamed')).toEqual([]);
  });
});

describe('sort=last_used_at', () => {
  it.each([
    ['sort=last_used_at', ['used never', 'used old', 'used new']],
    ['sort=-last_used_at', ['used new', 'used old', 'used never']],
  ])('%s', async (query, expected) => {
    const owner = await hubWithUses({ old: 1_000_000, new: 2_000_000, never: null });

    expect(await names(owner, `${query}&filter[search]=used`)).toEqual(expected);
  });
});

describe('a sort', () => {
  it.each(['id', 'name', 'state', 'expires_at', 'last_used_at', 'events.created', 'events.updated'])(
    'by %s and by -%s are each other turned round, however many are equal, over states and pages',
    async (field) => {
      const { hub, owner } = await ownedHub(test.app);
      for (const name of ['same', 'same', 'other', 'same', 'other']) {
        await key(hub, name);
      }
      const [, , off] = await list(owner, 'filter[search]=same');
      await owner.patch(keyPath({ id: off?.id }), { state: 'inactive' }).expect(200);
      const all = async (sort: string): Promise<unknown[]> => {
        const pages = await Promise.all(
          [1, 2, 3].map((n) => list(owner, `sort=${sort}&page[size]=2&page[number]=${n}`)),
        );
        return pages.flat().map(({ id }) => id);
      };

      const [up, down] = [await all(field), await all(`-${field}`)];

      expect(new Set(up).size).toBe(6);
      expect(down).toEqual(up.toReversed());
    },
  );
});

describe('meta=usage', () => {
  it('tells the last use and each secret that works, in the list and alone', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const one = await key(hub, 'one');
    await test.app.as(one.secret).from('192.0.2.7').get(WHOAMI).expect(200);
    await test.app.nest.get(LastUseWriter).flush();
    const rotated = await test.app.create.rotate(hub, one);

    const [listed] = await list(owner, 'meta=usage&filter[search]=one');

    const { usage } = listed.meta as { usage: Json };
    expect(usage).toMatchObject({ last_used_address: '192.0.2.7' });
    expect(usage.secrets).toMatchObject([
      { id: rotated.replacedId, ends_at: expect.stringMatching(/^20/), last_used_address: '192.0.2.7' },
      { id: rotated.secretId, ends_at: null, last_used_at: null, last_used_address: null },
    ]);
    expect(dataOf(await owner.get(`${keyPath(one)}?meta=usage`).expect(200)).meta).toEqual({ usage });
    expect(JSON.stringify(usage)).not.toMatch(/hgk_|digest/);
  });

  it('leaves out a secret that has ended, and every secret of a deleted key', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const [ended, gone] = [await key(hub, 'ended'), await key(hub, 'gone')];
    const { secretId } = await test.app.create.rotate(hub, ended, 0);
    await owner.delete(keyPath(gone)).expect(200);

    const keys = await list(
      owner,
      'meta=usage&sort=name&filter[state]=live,deleted&filter[role]=' + hub.roles.integration,
    );

    expect(keys.map(({ meta }) => (meta as { usage: { secrets: Json[] } }).usage.secrets.map(({ id }) => id))).toEqual([
      [secretId],
      [],
    ]);
  });

  it('costs one statement, for however many keys, and is left out unless asked for', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await key(hub, 'a');
    await hold(test.app);
    await list(owner, '');
    const cost = (query: string) => statementsOf(test.app, () => owner.get(`${API_KEYS}?${query}`).expect(200));

    expect(await cost('meta=usage')).toBe((await cost('')) + 1);
    expect((await list(owner, '')).filter((one) => 'meta' in one)).toEqual([]);
  });
});

describe('a deleted key', () => {
  it('is a tombstone: found by filter[state]=deleted and no other way', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const gone = await key(hub, 'gone');
    await owner.delete(keyPath(gone)).expect(200);

    for (const query of ['', 'filter[search]=gone', 'filter[state]=live,inactive,new,configuring,deleting']) {
      expect(await names(owner, query)).not.toContain('gone');
    }
    const [tombstone] = await list(owner, 'filter[state]=deleted');
    expect(tombstone).toMatchObject({ id: gone.id, state: { current: 'deleted' } });
    expect((tombstone.events as Json).deleted).not.toBe('0001-01-01T00:00:00Z');
    await owner.get(keyPath(gone)).expect(404);
  });

  it('cannot be used nor brought back by any verb, and its id is never given again', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const gone = await key(hub, 'gone');
    const secrets = dataOf<Json[]>(await owner.get(`${keyPath(gone)}/secrets`).expect(200));
    await owner.delete(keyPath(gone)).expect(200);

    const answers = await leavesAlone(test.app, hub, async () => [
      await owner.patch(keyPath(gone), { state: 'live' }),
      await owner.patch(keyPath(gone), { state: 'inactive' }),
      await owner.patch(keyPath(gone), { name: 'back', role_id: hub.roles.integration, expires_at: null, ips: null }),
      await owner.post(`${keyPath(gone)}/rotate`, { overlap_seconds: 0 }),
      await owner.delete(`${keyPath(gone)}/secrets/${String(secrets[0]?.id)}`),
      await owner.delete(keyPath(gone)),
      await owner.delete(`${keyPath(gone)}?created=revoke`),
    ]);

    expect(answers.map((answer) => refusalOf(answer).code)).toEqual(Array(7).fill('404.hub.api-key'));
    await test.app.as(gone.secret).get(WHOAMI).expect(401);
    for (const field of ['id', 'key_id', 'state']) {
      const body = { name: 'new', role_id: hub.roles.integration, [field]: field === 'state' ? 'deleted' : gone.id };
      await leavesAlone(test.app, hub, () => owner.post(API_KEYS, body).expect(422));
    }
    expect(await names(owner, 'filter[state]=deleted')).toEqual(['gone']);
  });
});

describe('a key that is switched on again', () => {
  it('403: by whoever could not make it: no role, scope or group comes back through it', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const group = await test.app.create.group(hub);
    const off = await test.app.create.key({
      hub,
      roleId: hub.roles.analyst,
      groupId: group,
      scopes: ['read:lists'],
    });
    const caller = await test.app.create.caller({ hub, capabilities: ['api-keys-manage'], rank: 5 });
    await owner.patch(keyPath(off), { state: 'inactive' }).expect(200);

    const answer = await leavesAlone(test.app, hub, () => caller.patch(keyPath(off), { state: 'live' }).expect(403));

    expect(refusalOf(answer).extra?.missing).toEqual(
      expect.arrayContaining([expect.stringContaining('group permission'), 'scope read:lists']),
    );
    await test.app.as(off.secret).get(WHOAMI).expect(401);
  });

  it('403: when its role was widened meanwhile beyond the caller’s', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const off = await test.app.create.key({ hub, capabilities: [], rank: 1 });
    const caller = await test.app.create.caller({ hub, capabilities: ['api-keys-manage'], rank: 5 });
    await caller.patch(keyPath(off), { state: 'inactive' }).expect(200);
    const wider = { capabilities: { all: false, specific: ['groups-manage'] } };
    await owner.patch(`/v1/hubs/current/roles/${off.roleId}`, wider).expect(200);

    const answer = await leavesAlone(test.app, hub, () => caller.patch(keyPath(off), { state: 'live' }).expect(403));

    expect(refusalOf(answer).extra?.missing).toEqual(['capability groups-manage']);
  });
});
