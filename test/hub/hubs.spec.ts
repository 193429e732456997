import { describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { dataOf, type Json, ownedHub, refusalOf } from '../support/management.js';
import { type TestAccount } from '../support/people.js';
import { tamper } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

const HUBS = '/v1/hubs';
const CURRENT = '/v1/hubs/current';

const list = async (caller: Client, query = ''): Promise<Json[]> =>
  dataOf<Json[]>(await caller.get(`${HUBS}${query}`).expect(200));
const idsOf = (hubs: readonly Json[]): unknown[] => hubs.map(({ id }) => id);
const setState = (hub: TestHub, state: string) =>
  tamper(test.app, ['UPDATE hub SET state = ? WHERE id = ?', [state, hub.id]]);

/** A person of these hubs, in none of them in particular. */
async function memberOf(...hubs: readonly TestHub[]): Promise<{ account: TestAccount; person: Client }> {
  const account = await test.app.people.account();
  for (const hub of hubs) {
    await test.app.people.join(hub, account, hub.roles['developer']);
  }
  const { token } = await test.app.people.session(account);
  return { account, person: test.app.as(token) };
}

describe('GET /v1/hubs', () => {
  it('200: lists a person’s hubs by their ids, without X-Hub-Id, and nobody else’s', async () => {
    const [one, two] = [await test.app.create.hub(), await test.app.create.hub()];
    await memberOf(await test.app.create.hub());
    const { person } = await memberOf(two, one);

    expect(idsOf(await list(person))).toEqual([one.id, two.id]);
    expect(await list(person.with({ 'x-hub-id': '0'.repeat(24) }))).toHaveLength(2);
  });

  it('200: lists a key’s own hub and no other', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await ownedHub(test.app);

    expect(idsOf(await list(owner))).toEqual([hub.id]);
  });

  it('200: shows nothing to a person who is invited only, has left, or never was a member', async () => {
    const hub = await test.app.create.hub();
    const { account, person } = await memberOf(hub);
    const { person: stranger } = await memberOf();
    await tamper(test.app, [
      "UPDATE membership SET state = 'deleted', member_id = NULL WHERE member_id = ?",
      [account.id],
    ]);

    expect(await list(person)).toEqual([]);
    expect(await list(stranger)).toEqual([]);
  });

  it('200: shows hubs that are switched off, by their state, and none that is being deleted or was', async () => {
    const hubs = await Promise.all(['a', 'b', 'c', 'd'].map(() => test.app.create.hub()));
    const { person } = await memberOf(...hubs);
    const states = ['live', 'inactive', 'deleting', 'deleted'];
    await Promise.all(hubs.map((hub, index) => setState(hub, states[index])));

    expect(idsOf(await list(person))).toEqual(expect.arrayContaining([hubs[0].id, hubs[1].id]));
    expect(await list(person)).toHaveLength(2);
    expect(idsOf(await list(person, '?filter[state]=inactive'))).toEqual([hubs[1].id]);
    expect(await list(person, '?filter[state]=deleting,deleted,new')).toEqual([]);
  });

  it('200: filters by identifier and name, in pages', async () => {
    const [nord, sued] = [await test.app.create.hub('Plant Nord 31'), await test.app.create.hub('Plant Süd 31')];
    const { person } = await memberOf(nord, sued, await test.app.create.hub());

    expect(idsOf(await list(person, '?filter[identifier]=plant-nord-31,nothing'))).toEqual([nord.id]);
    expect(idsOf(await list(person, '?filter[search]=PLANT%20S'))).toEqual([sued.id]);
    expect(await list(person, '?filter[search]=%25')).toEqual([]);
    expect(await list(person, '?page[size]=2&page[number]=2')).toHaveLength(1);
  });

  it.each(['sort=name', 'filter[name]=x', 'filter[state]=gone', 'include=roles'])(
    '422: does not take %s',
    async (query) => {
      const { person } = await memberOf();

      expect(refusalOf(await person.get(`${HUBS}?${query}`).expect(422)).code).toBe('422.invalid-argument');
    },
  );

  it('401: without a credential, and with an access token', async () => {
    const hub = await test.app.create.hub();
    const token = await test.app.create.token(await test.app.create.integrationKey(hub));

    for (const caller of [test.app.anonymous, test.app.as(token)]) {
      expect(refusalOf(await caller.get(HUBS).expect(401)).code).toBe('401.auth-invalid');
    }
  });

  it('403: before a password of one’s own was chosen', async () => {
    const account = await test.app.people.account();
    const { token } = await test.app.people.session(account, { passwordOnce: true });

    expect(refusalOf(await test.app.as(token).get(HUBS).expect(403)).code).toBe('403.not-ready');
  });
});

describe('GET /v1/hubs/current?meta=memberships', () => {
  it('200: tells a person’s own membership', async () => {
    const hub = await test.app.create.hub();
    const one = await test.app.people.member({ hub });

    const { id, meta } = dataOf<{ id: string; meta: Json }>(
      await test.app.as(one.token).get(`${CURRENT}?meta=memberships`).expect(200),
    );

    expect(id).toBe(hub.id);
    expect(meta).toMatchObject({ membership: { id: one.membershipId, account_id: one.id, role_id: one.roleId } });
  });

  it('200: tells a key none, and nobody who does not ask', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const one = await test.app.people.member({ hub });

    expect(dataOf(await owner.get(`${CURRENT}?meta=memberships`).expect(200)).meta).toEqual({});
    expect(dataOf(await test.app.as(one.token).get(CURRENT).expect(200))).not.toHaveProperty('meta');
  });

  it('422: for another meta', async () => {
    const { owner } = await ownedHub(test.app);

    expect(refusalOf(await owner.get(`${CURRENT}?meta=counts`).expect(422)).source).toBe('/query/meta');
  });
});
