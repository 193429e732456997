import { describe, expect, it } from 'vitest';
import { ChangeFeed } from '../../src/access/index.js';
import { type Client } from '../support/client.js';
import { type KeySpec, type TestHub } from '../support/factory.js';
import { API_KEYS, dataOf, type Json, leavesAlone, refusalOf } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

const hubAnd = async (spec: Partial<KeySpec> = {}) => {
  const hub = await test.app.create.hub();
  const key = await test.app.create.key({ hub, capabilities: ['api-keys-manage'], rank: 5, ...spec });
  return { hub, key, caller: test.app.as(key.secret) };
};
const pathOf = ({ id }: { id: unknown }): string => `${API_KEYS}/${String(id)}`;
const make = async (caller: Client, body: Json): Promise<Json> => dataOf(await caller.post(API_KEYS, body).expect(201));

/** What is named as missing when this is given to a new key, and to one that may be edited; nothing changes. */
async function missingFor(hub: TestHub, caller: Client, grant: Json): Promise<unknown[]> {
  const target = await test.app.create.key({ hub, roleId: hub.roles.integration });
  const answers = await leavesAlone(test.app, hub, async () => [
    await caller.post(API_KEYS, { name: 'x', role_id: hub.roles.integration, ...grant }).expect(403),
    await caller.patch(pathOf(target), grant).expect(403),
  ]);
  return answers.map((answer) => refusalOf(answer).extra?.missing);
}

const twice = (...missing: string[]): string[][] => [missing, missing];

describe('the role of a key that is made or edited', () => {
  it('ranks below its maker and holds nothing that the maker lacks', async () => {
    const { hub, caller } = await hubAnd();
    const role_id = await test.app.create.role(hub, ['api-keys-manage'], 4);

    expect(await make(caller, { name: 'x', role_id })).toMatchObject({ role_id });
  });

  it("may be the maker's own, exactly", async () => {
    const { hub, key, caller } = await hubAnd();
    const target = await test.app.create.key({ hub, roleId: hub.roles.integration });

    expect(await make(caller, { name: 'twin', role_id: key.roleId })).toMatchObject({ role_id: key.roleId });
    await caller.patch(pathOf(target), { role_id: key.roleId }).expect(200);
  });

  it.each([
    [5, 'the same'],
    [6, 'a higher'],
  ])('403: with rank %d, %s rank', async (rank) => {
    const { hub, caller } = await hubAnd();
    const role_id = await test.app.create.role(hub, [], rank);

    expect(await missingFor(hub, caller, { role_id })).toEqual(
      twice(`rank above ${rank} (the role is "made-for-test")`),
    );
  });

  it('403: with root', async () => {
    const { hub, caller } = await hubAnd();

    expect(await missingFor(hub, caller, { role_id: hub.roles.owner })).toEqual(
      twice('rank above 10 (the role is "owner")', 'capability all'),
    );
  });

  it('403: with capabilities that the maker lacks, naming each', async () => {
    const { hub, caller } = await hubAnd();
    const role_id = await test.app.create.role(hub, ['api-keys-manage', 'groups-manage', 'lists-manage'], 1);

    expect(await missingFor(hub, caller, { role_id })).toEqual(
      twice('capability groups-manage', 'capability lists-manage'),
    );
    const refused = refusalOf(await caller.post(API_KEYS, { name: 'x', role_id }).expect(403));
    expect(refused.extra?.capability).toBe('groups-manage');
    expect(refused.detail).toContain('capability groups-manage; capability lists-manage');
  });
});

describe('the data rights of a key that is made or edited', () => {
  it('403: scopes that the maker does not hold, naming each', async () => {
    const { hub, caller } = await hubAnd({ scopes: ['read:lists', 'read:box'] });

    expect(await missingFor(hub, caller, { scopes: ['read:lists', 'write:lists', 'write:box'] })).toEqual(
      twice('scope write:lists', 'scope write:box'),
    );
  });

  it('201: scopes that the maker holds', async () => {
    const { hub, caller } = await hubAnd({ scopes: ['read:lists', 'read:box'] });

    const body = { name: 'x', role_id: hub.roles.integration, scopes: ['read:box'] };
    expect(await make(caller, body)).toMatchObject(body);
  });

  it('201: all scopes from root, which needs none of its own', async () => {
    const hub = await test.app.create.hub();
    const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);

    const body = { name: 'x', role_id: hub.roles.integration, scopes: ['write:lists', 'write:alerts', 'write:box'] };
    expect(await make(owner, body)).toMatchObject(body);
  });

  it('403: a group that grants more than the maker’s own, naming each right', async () => {
    const hub = await test.app.create.hub();
    const list = await test.app.create.list(hub);
    const own = await test.app.create.group(hub, { lists: [{ list_id: list.id, rights: ['read', 'add'] }] });
    const { caller } = await hubAndGroup(hub, own);
    const wider = await test.app.create.group(hub, { lists: [{ list_id: list.id, rights: ['read', 'clear'] }] });
    const every = await test.app.create.group(hub, ['read']);

    expect(await missingFor(hub, caller, { group_id: wider })).toEqual(
      twice(`group permission lists:${list.id}:clear`),
    );
    expect(await missingFor(hub, caller, { group_id: every })).toEqual(twice('group permission lists:*:read'));
  });

  it('403: any group that grants something, from a maker without a group', async () => {
    const { hub, caller } = await hubAnd();

    expect(await missingFor(hub, caller, { group_id: await test.app.create.group(hub, ['read']) })).toEqual(
      twice('group permission lists:*:read'),
    );
  });

  it('403: another group with the right `alerts`, which is about other alerts than those of the maker’s own', async () => {
    const hub = await test.app.create.hub();
    const alerts = { lists: [], alerts: ['read', 'write'] as const };
    const own = await test.app.create.group(hub, alerts);
    const { caller } = await hubAndGroup(hub, own);

    expect(await missingFor(hub, caller, { group_id: await test.app.create.group(hub, alerts) })).toEqual(
      twice('group permission alerts:group:read', 'group permission alerts:group:write'),
    );
    await make(caller, { name: 'x', role_id: hub.roles.integration, group_id: own });
  });

  it('201: the maker’s own group, a narrower one, and an empty one', async () => {
    const hub = await test.app.create.hub();
    const list = await test.app.create.list(hub);
    const own = await test.app.create.group(hub, ['read', 'add']);
    const { caller } = await hubAndGroup(hub, own);
    const narrower = await test.app.create.group(hub, { lists: [{ list_id: list.id, rights: ['add'] }] });

    for (const group_id of [own, narrower, await test.app.create.group(hub, { lists: [] })]) {
      expect(await make(caller, { name: 'x', role_id: hub.roles.integration, group_id })).toMatchObject({ group_id });
    }
  });

  it('201: any group from a maker with groups-manage, which could write its permissions anyway', async () => {
    const { hub, caller } = await hubAnd({ capabilities: ['api-keys-manage', 'groups-manage'] });

    const body = { name: 'x', role_id: hub.roles.integration, group_id: await test.app.create.group(hub) };
    expect(await make(caller, body)).toMatchObject(body);
  });

  const hubAndGroup = async (hub: TestHub, groupId: string) => ({
    caller: await test.app.create.caller({ hub, capabilities: ['api-keys-manage'], rank: 5, groupId }),
  });
});

describe('a maker that is itself confined', () => {
  const end = '2080-01-01T00:00:00.000Z';
  const ips = ['192.0.2.0/24', '2001:db8::/32'];
  const HERE = '192.0.2.7';

  it.each([
    ['a confined key', { ips, expiresAt: end }, {}],
    ['a confined root key', { ips, expiresAt: end }, { root: true }],
  ])(
    '%s passes its own addresses and end on when none are named',
    async (_, confinement, { root }: { root?: boolean }) => {
      const hub = await test.app.create.hub();
      const role = root ? { roleId: hub.roles.owner } : { capabilities: ['api-keys-manage'] };
      const caller = (await test.app.create.caller({ hub, ...role, ...confinement })).from(HERE);

      const key = await make(caller, { name: 'x', role_id: hub.roles.integration });

      expect(key).toMatchObject({ ips, expires_at: end });
    },
  );

  it('201: gives the same or narrower, named', async () => {
    const { hub, caller } = await hubAnd({ ips, expiresAt: end });
    const narrower = {
      ips: ['192.0.2.128/25', '192.0.2.1', '2001:db8:1::/48'],
      expires_at: '2079-12-31T23:59:59.999Z',
    };

    for (const grant of [narrower, { ips, expires_at: end }]) {
      expect(await make(caller.from(HERE), { name: 'x', role_id: hub.roles.integration, ...grant })).toMatchObject(
        grant,
      );
    }
  });

  const beyond = 'use from addresses beyond 192.0.2.0/24, 2001:db8::/32 (send ips within these)';
  const longer = `life beyond ${end} (send an expires_at not later)`;

  it.each([
    ['no address list', { ips: null }, [beyond]],
    ['another network', { ips: ['198.51.100.0/24'] }, [beyond]],
    ['a wider network', { ips: ['192.0.0.0/16'] }, [beyond]],
    ['one address within and one beyond', { ips: ['192.0.2.1', '192.0.3.1'] }, [beyond]],
    ['every v6 address', { ips: ['::/0'] }, [beyond]],
    ['no end', { expires_at: null }, [longer]],
    ['a later end', { expires_at: '2080-01-01T00:00:00.001Z' }, [longer]],
    ['a later end in another offset', { expires_at: '2079-12-31T23:00:00-02:00' }, [longer]],
    ['neither', { ips: null, expires_at: null }, [beyond, longer]],
  ])('403: refuses %s, also from root', async (_, grant, missing) => {
    const hub = await test.app.create.hub();
    const confined = { hub, ips, expiresAt: end };
    const plain = await test.app.create.caller({ ...confined, capabilities: ['api-keys-manage'] });
    const root = await test.app.create.caller({ ...confined, roleId: hub.roles.owner });
    const target = await test.app.create.key({ ...confined, roleId: hub.roles.integration });

    for (const caller of [plain.from(HERE), root.from(HERE)]) {
      const made = { name: 'x', role_id: hub.roles.integration, ...grant };
      const answers = await leavesAlone(test.app, hub, async () => [
        await caller.post(API_KEYS, made).expect(403),
        await caller.patch(pathOf(target), grant).expect(403),
      ]);
      expect(answers.map((answer) => refusalOf(answer).extra?.missing)).toEqual([missing, missing]);
    }
  });

  it('403: never widens itself, by address or by end', async () => {
    const { hub, key, caller } = await hubAnd({ ips, expiresAt: end });

    for (const edit of [
      { ips: null },
      { ips: ['0.0.0.0/0'] },
      { expires_at: null },
      { expires_at: '2081-01-01T00:00:00Z' },
    ]) {
      await leavesAlone(test.app, hub, () => caller.from(HERE).patch(pathOf(key), edit).expect(403));
    }
    const narrower = { ips: ['192.0.2.7'], expires_at: '2079-01-01T00:00:00.000Z' };
    expect(dataOf(await caller.from(HERE).patch(pathOf(key), narrower).expect(200))).toMatchObject(narrower);
  });
});

describe('a key that edits itself', () => {
  it('403: gains neither scope, role nor group', async () => {
    const { hub, key, caller } = await hubAnd({ scopes: ['read:lists'] });
    const group_id = await test.app.create.group(hub);

    for (const edit of [
      { scopes: ['read:lists', 'write:lists'] },
      { role_id: hub.roles.owner },
      { role_id: hub.roles.admin },
      { group_id },
    ]) {
      const answer = await leavesAlone(test.app, hub, () => caller.patch(pathOf(key), edit).expect(403));
      expect(refusalOf(answer).extra?.missing).not.toEqual([]);
    }
  });

  it('200: may lose what it has, and then has lost it', async () => {
    const { key, caller } = await hubAnd({ scopes: ['read:lists', 'write:lists'] });

    await caller.patch(pathOf(key), { scopes: ['read:lists'] }).expect(200);

    const answer = await caller.patch(pathOf(key), { scopes: ['read:lists', 'write:lists'] }).expect(403);
    expect(refusalOf(answer).extra).toEqual({ missing: ['scope write:lists'] });
  });
});

describe('a key whose role does not rank below the caller’s', () => {
  it.each([
    ['owner', 10],
    ['admin', 7],
  ])('403: is neither edited nor deleted: %s', async (identifier, rank) => {
    const { hub, caller } = await hubAnd();
    const target = await test.app.create.key({ hub, roleId: hub.roles[identifier] });
    const missing = [`rank above ${rank} (the key's role is "${identifier}")`];

    const answers = await leavesAlone(test.app, hub, async () => [
      await caller.patch(pathOf(target), { name: 'mine' }).expect(403),
      await caller.patch(pathOf(target), { role_id: hub.roles.integration }).expect(403),
      await caller.delete(pathOf(target)).expect(403),
    ]);

    expect(answers.map((answer) => refusalOf(answer).extra?.missing)).toEqual([missing, missing, missing]);
    await caller.get(pathOf(target)).expect(200);
    await test.app.as(target.secret).get('/v1/hubs/current').expect(200);
  });

  it('403: of equal rank but another role', async () => {
    const { hub, caller } = await hubAnd();
    const target = await test.app.create.key({ hub, capabilities: [], rank: 5 });

    const answer = await leavesAlone(test.app, hub, () => caller.delete(pathOf(target)).expect(403));

    expect(refusalOf(answer).extra?.missing).toEqual([`rank above 5 (the key's role is "made-for-test")`]);
  });

  it('200: of the caller’s own role', async () => {
    const { hub, key, caller } = await hubAnd();
    const twin = await test.app.create.key({ hub, roleId: key.roleId });

    await caller.patch(pathOf(twin), { name: 'renamed' }).expect(200);
    expect(dataOf(await caller.delete(pathOf(twin)).expect(200))).toMatchObject({ name: 'renamed' });
  });

  it('200: root touches every key', async () => {
    const hub = await test.app.create.hub();
    const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
    const other = await test.app.create.ownerKey(hub);

    await owner.patch(pathOf(other), { name: 'second' }).expect(200);
    expect(dataOf(await owner.delete(pathOf(other)).expect(200))).toMatchObject({ name: 'second' });
  });
});

describe('a decision that another node still remembers', () => {
  it.each<[string, (hub: TestHub) => Json | null, string]>([
    ['lost its capability', (hub) => ({ role_id: hub.roles.integration }), '403.permissions'],
    ['was confined to other addresses', () => ({ ips: ['203.0.113.9'] }), '403.invalid-ip'],
    ['was deleted', () => null, '401.auth-invalid'],
  ])('is not enough to write: the key %s', async (_, edit, code) => {
    const { hub, key } = await hubAnd();
    const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
    const node = await test.app.secondNode();
    try {
      const caller = node.as(key.secret);
      await caller.get(API_KEYS).expect(200);
      node.nest.get(ChangeFeed).onApplicationShutdown(); // From here on it hears of no change.
      const body = edit(hub);
      await (body ? owner.patch(pathOf(key), body) : owner.delete(pathOf(key))).expect(200);

      const answer = await leavesAlone(test.app, hub, () =>
        caller.post(API_KEYS, { name: 'late', role_id: hub.roles.integration }),
      );

      expect(refusalOf(answer).code).toBe(code);
    } finally {
      await node.stop();
    }
  });
});
