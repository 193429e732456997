import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  CAPABILITY_NAMES,
  EVERY,
  type Grant,
  LIST_RIGHTS,
  type ListRight,
  PrincipalDirectory,
  type PrincipalRecord,
  type Scope,
  SCOPES,
} from '../../src/access/index.js';
import { beyond } from '../support/ceiling-oracle.js';
import { type Client } from '../support/client.js';
import { type TestHub, type TestKey } from '../support/factory.js';
import { leavesAlone, refusalOf } from '../support/management.js';
import { TestApp } from '../support/test-app.js';

const KEYS = '/v1/hubs/current/api-keys';
const ROLES = '/v1/hubs/current/roles';
const GROUPS = '/v1/hubs/current/groups';
const HERE = '10.1.2.3';
const HOUR = 3_600_000;

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start();
}, 60_000);

afterAll(() => app?.stop());

interface Answer {
  readonly status: number;
  readonly body: {
    data: { id: string } | null;
    error?: { code: string; extra?: { missing?: string[]; capability?: string } };
  };
}

/** Everything of a hub that an edit could change, row by row; nothing that moves by itself. */
async function stateOf(hub: TestHub): Promise<string> {
  const tables = ['api_key', 'role', 'user_group', 'activity'];
  const rows = await Promise.all([
    ...tables.map((table) => app.database.query(`SELECT * FROM ${table} WHERE hub_id = ? ORDER BY id`, [hub.id])),
    app.database.query('SELECT id, key_id, ends_at FROM api_secret WHERE hub_id = ? ORDER BY id', [hub.id]),
    app.database.query('SELECT kind, subject_id FROM access_change WHERE hub_id = ? ORDER BY seq', [hub.id]),
  ]);
  return JSON.stringify(rows);
}

/** What a key is now, as the server itself would know it. */
async function recordOf(keyId: string): Promise<PrincipalRecord> {
  const [secret] = await app.database.query<{ id: string }>('SELECT id FROM api_secret WHERE key_id = ?', [keyId]);
  const record = await app.nest.get(PrincipalDirectory, { strict: false }).findBySecretId(secret.id);
  if (!record) {
    throw new Error('The key has no record.');
  }
  return record;
}

const grantOf = ({ role, group, scopes, ips, expiresAt }: PrincipalRecord): Grant => ({
  keyRole: role,
  permissions: group?.permissions,
  scopes,
  ips,
  expiresAt,
});

async function roleGrant(id: string): Promise<Grant> {
  const [role] = await app.database.query<{ role_rank: number; capabilities: string }>(
    'SELECT role_rank, capabilities FROM role WHERE id = ?',
    [id],
  );
  return {
    role: { rank: role.role_rank, capabilities: JSON.parse(role.capabilities) as { all: boolean; specific: string[] } },
  };
}

/** The people of one round: the actor, and what it may try to widen. */
interface Cast {
  readonly hub: TestHub;
  readonly actor: Client;
  readonly actorKey: TestKey;
  readonly keys: readonly string[];
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly lists: readonly string[];
}

interface ActorSpec {
  readonly rank: number;
  readonly root: boolean;
  readonly capabilities: string[];
  readonly scopes: Scope[];
  /** Which of the groups; null = none. */
  readonly group: number | null;
  readonly ips: readonly string[] | null;
  readonly hours: number | null;
}

async function castOf(spec: ActorSpec): Promise<Cast> {
  const { create } = app;
  const hub = await create.hub();
  const lists = [(await create.list(hub, 'One')).id, (await create.list(hub, 'Two')).id];
  const groups = [
    await create.group(hub, { lists: [{ list_id: lists[0], rights: ['read'] }] }),
    await create.group(hub, {
      lists: [
        { list_id: lists[0], rights: ['read', 'add'] },
        { list_id: lists[1], rights: ['read'] },
      ],
    }),
    await create.group(hub, ['read']),
    await create.group(hub),
  ];
  const own = spec.root ? hub.roles.owner : await create.role(hub, spec.capabilities, spec.rank);
  const roles = [
    own,
    hub.roles.owner,
    hub.roles.admin,
    hub.roles.integration,
    await create.role(hub, ['lists-manage'], 2),
  ];
  const actorKey = await create.key({
    hub,
    roleId: own,
    scopes: spec.scopes,
    ...(spec.group !== null && { groupId: groups[spec.group] }),
    ...(spec.ips && { ips: spec.ips }),
    ...(spec.hours && { expiresAt: inHours(spec.hours) }),
  });
  const low = await create.key({ hub, roleId: roles[4], groupId: groups[0], scopes: ['read:lists'] });
  const high = await create.key({ hub, roleId: hub.roles.admin, groupId: groups[3], scopes: SCOPES });
  const lasting = await create.ownerKey(hub);
  const keys = [actorKey.id, low.id, high.id, lasting.id];
  return { hub, actor: app.as(actorKey.secret).from(HERE), actorKey, keys, roles, groups, lists };
}

const inHours = (hours: number) => new Date(app.clock.now() + hours * HOUR).toISOString();

const ips = fc.constantFrom(null, [HERE], ['10.0.0.0/8'], ['10.1.0.0/16', '192.0.2.0/24'], ['0.0.0.0/0']);
const hours = fc.constantFrom(null, 1, 2, 3);
const actors: fc.Arbitrary<ActorSpec> = fc.record({
  rank: fc.integer({ min: 1, max: 10 }),
  root: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
  capabilities: fc.subarray([...CAPABILITY_NAMES], { minLength: 1 }),
  scopes: fc.subarray([...SCOPES]),
  group: fc.constantFrom(null, 0, 1, 2, 3),
  ips,
  hours,
});

const pick = fc.nat(3);
const capabilities = fc.record({
  all: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
  specific: fc.subarray([...CAPABILITY_NAMES], { maxLength: 2 }),
});
const roleBody = { rank: fc.integer({ min: 0, max: 10 }), capabilities: fc.option(capabilities) };
const keyBody = {
  role: fc.nat(4),
  group: fc.option(pick),
  scopes: fc.subarray([...SCOPES], { maxLength: 3 }),
  ips,
  hours,
};
const permission = fc.record({ list: fc.nat(2), rights: fc.subarray([...LIST_RIGHTS], { minLength: 1 }) });
const groupBody = { permissions: fc.uniqueArray(permission, { selector: ({ list }) => list, maxLength: 2 }) };

type KeyBody = {
  role?: number;
  group?: number | null;
  scopes?: Scope[];
  ips?: readonly string[] | null;
  hours?: number | null;
};
type GroupBody = { permissions?: { list: number; rights: ListRight[] }[] };

type Edit =
  | { what: 'role'; at: number | null; body: object }
  | { what: 'key'; at: number | null; body: KeyBody }
  | { what: 'group'; at: number | null; body: GroupBody };

const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ what: fc.constant('role' as const), at: fc.constant(null), body: fc.record(roleBody) }),
  fc.record({ what: fc.constant('role' as const), at: fc.nat(4), body: fc.record(roleBody, { requiredKeys: [] }) }),
  fc.record({
    what: fc.constant('key' as const),
    at: fc.constant(null),
    body: fc.record(keyBody, { requiredKeys: ['role'] }),
  }),
  fc.record({ what: fc.constant('key' as const), at: pick, body: fc.record(keyBody, { requiredKeys: [] }) }),
  fc.record({ what: fc.constant('group' as const), at: fc.constant(null), body: fc.record(groupBody) }),
  fc.record({ what: fc.constant('group' as const), at: pick, body: fc.record(groupBody, { requiredKeys: [] }) }),
);

function bodyOf(cast: Cast, edit: Edit): object {
  if (edit.what === 'role') {
    return { ...edit.body, ...(edit.at === null && { identifier: 'made' }) };
  }
  if (edit.what === 'group') {
    const lists = edit.body.permissions?.map(({ list, rights }) => ({ list_id: cast.lists[list] ?? EVERY, rights }));
    return { ...(lists && { permissions: { lists } }), ...(edit.at === null && { name: 'Made' }) };
  }
  const { role, group, scopes, ips: from, hours: end } = edit.body;
  return {
    ...(edit.at === null && { name: 'Made' }),
    ...(role !== undefined && { role_id: cast.roles[role] }),
    ...(group !== undefined && { group_id: group === null ? null : cast.groups[group] }),
    ...(scopes && { scopes }),
    ...(from !== undefined && { ips: from }),
    ...(end !== undefined && { expires_at: end === null ? null : inHours(end) }),
  };
}

const PATHS = { role: ROLES, key: KEYS, group: GROUPS };

function send(cast: Cast, edit: Edit): PromiseLike<Answer> {
  const ids = { role: cast.roles, key: cast.keys, group: cast.groups }[edit.what];
  const body = bodyOf(cast, edit);
  const path = PATHS[edit.what];
  return edit.at === null ? cast.actor.post(path, body) : cast.actor.patch(`${path}/${ids[edit.at]}`, body);
}

/** What an accepted edit left behind that its maker did not hold. */
async function excessOf(before: PrincipalRecord, edit: Edit, id: string): Promise<string[]> {
  if (edit.what === 'group') {
    const may = before.role.capabilities.all || before.role.capabilities.specific.includes('groups-manage');
    return may ? [] : ['group'];
  }
  return beyond(before, edit.what === 'role' ? await roleGrant(id) : grantOf(await recordOf(id)));
}

/** What a refused edit left behind, and a status that no ceiling gives. */
async function tracesOf(cast: Cast, before: string, status: number): Promise<string[]> {
  const changed = (await stateOf(cast.hub)) === before ? [] : ['a change'];
  return [403, 422, 409].includes(status) ? changed : [...changed, `status ${status}`];
}

describe('the ceiling', () => {
  it('holds for every edit by anybody: what is made is within its maker, what is refused changes nothing', async () => {
    const seen = { accepted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(actors, fc.array(edits, { minLength: 6, maxLength: 10 }), async (spec, sequence) => {
        const cast = await castOf(spec);
        for (const edit of sequence) {
          const [before, state] = [await recordOf(cast.actorKey.id), await stateOf(cast.hub)];
          const { status, body } = await send(cast, edit);
          const accepted = status < 300;
          seen[accepted ? 'accepted' : 'refused'] += 1;
          const id = body.data?.id ?? '';
          expect(accepted ? await excessOf(before, edit, id) : await tracesOf(cast, state, status)).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );

    expect(seen.accepted).toBeGreaterThan(20);
    expect(seen.refused).toBeGreaterThan(20);
  });
});

describe('a refusal names exactly what is missing', () => {
  const spec: ActorSpec = {
    rank: 5,
    root: false,
    capabilities: ['api-keys-manage', 'hubs-roles-manage'],
    scopes: ['read:lists'],
    group: 0,
    ips: ['10.1.0.0/16'],
    hours: 1,
  };
  const missingFor = async (what: (cast: Cast) => PromiseLike<Answer>): Promise<Answer['body']['error']> => {
    const cast = await castOf(spec);
    const state = await stateOf(cast.hub);
    const { status, body } = await what(cast);
    expect([status, await stateOf(cast.hub)]).toEqual([403, state]);
    return body.error;
  };

  it.each<[string, (cast: Cast) => object, string[]]>([
    ['a capability', ({ roles }) => ({ role_id: roles[4] }), ['capability lists-manage']],
    [
      'the rank of a role and its capabilities',
      ({ roles }) => ({ role_id: roles[2] }),
      [
        'rank above 7 (the role is "admin")',
        'capability alerts-manage',
        'capability apionly-jobs-view',
        'capability boxes-manage',
        'capability domains-manage',
        'capability groups-manage',
        'capability hubs-auditlog-view',
        'capability hubs-invites-manage',
        'capability hubs-invites-send',
        'capability hubs-members-manage',
        'capability hubs-members-view',
        'capability hubs-update',
        'capability hubs-usage-view',
        'capability lists-manage',
        'capability variables-manage',
      ],
    ],
    ['root', ({ roles }) => ({ role_id: roles[1] }), ['rank above 10 (the role is "owner")', 'capability all']],
    ['scopes', ({ roles }) => ({ role_id: roles[3], scopes: ['read:lists', 'write:box'] }), ['scope write:box']],
    [
      'rights of the group',
      ({ roles, groups }) => ({ role_id: roles[3], group_id: groups[2] }),
      ['group permission lists:*:read'],
    ],
  ])('when a key would get more than its maker has: %s', async (_, body, missing) => {
    const error = await missingFor((cast) => cast.actor.post(KEYS, { name: 'Made', ...body(cast) }));

    expect(error).toMatchObject({ code: '403.permissions', extra: { missing } });
  });

  it('when a key would live longer, or work from elsewhere', async () => {
    const error = await missingFor(({ actor, roles }) =>
      actor.post(KEYS, { name: 'Made', role_id: roles[3], ips: ['10.0.0.0/8'], expires_at: inHours(2) }),
    );

    expect(error?.extra?.missing).toEqual([
      'use from addresses beyond 10.1.0.0/16 (send ips within these)',
      expect.stringMatching(/^life beyond .* \(send an expires_at not later\)$/),
    ]);
  });

  it('when a key would free itself', async () => {
    for (const patch of [{ ips: null }, { expires_at: null }, { ips: ['10.0.0.0/8'] }, { scopes: ['read:box'] }]) {
      const error = await missingFor(({ actor, actorKey }) => actor.patch(`${KEYS}/${actorKey.id}`, patch));
      expect(error?.extra?.missing).toHaveLength(1);
    }
  });

  it('when a key of a higher role would be touched, also to take away', async () => {
    for (const at of [2, 3]) {
      const path = ({ keys }: Cast) => `${KEYS}/${keys[at]}`;
      for (const touch of [
        (cast: Cast) => cast.actor.delete(path(cast)),
        (cast: Cast) => cast.actor.patch(path(cast), { name: 'Renamed' }),
        (cast: Cast) => cast.actor.patch(path(cast), { scopes: [] }),
      ]) {
        expect((await missingFor(touch))?.extra?.missing).toEqual([expect.stringContaining('rank above')]);
      }
    }
  });

  it('when a role would reach the maker’s own rank, or hold what the maker lacks', async () => {
    const body = { identifier: 'made', rank: 5, capabilities: { all: true, specific: ['groups-manage'] } };
    const error = await missingFor(({ actor }) => actor.post(ROLES, body));

    expect(error?.extra).toEqual({
      missing: ['rank above 5', 'capability all', 'capability groups-manage'],
      capability: 'groups-manage',
    });
  });

  it('when a capability would be added to a role one holds', async () => {
    const patch = { capabilities: { all: false, specific: ['groups-manage'] } };

    expect(await missingFor(({ actor, roles }) => actor.patch(`${ROLES}/${roles[0]}`, patch))).toBeDefined();
  });
});

describe('a confined key', () => {
  const confinements = [
    ['that ends', { expiresAt: '2099-01-01T00:00:00Z' }],
    ['that is bound to addresses', { ips: ['127.0.0.0/8', '::1'] }],
  ] as const;

  it.each(confinements)(
    '%s adds nothing to a role or group that others hold without an end',
    async (_, confinement) => {
      const hub = await app.create.hub();
      const lists = [{ list_id: '*', rights: ['read'] }];
      const [roleId, groupId] = [await app.create.role(hub, [], 1), await app.create.group(hub, [])];
      const caller = await app.create.caller({ hub, roleId: hub.roles.owner, ...confinement });

      const answers = await leavesAlone(app, hub, async () => [
        await caller
          .patch(`${ROLES}/${roleId}`, { capabilities: { all: false, specific: ['lists-manage'] } })
          .expect(403),
        await caller.patch(`${ROLES}/${roleId}`, { rank: 2 }).expect(403),
        await caller.patch(`/v1/hubs/current/groups/${groupId}`, { permissions: { lists } }).expect(403),
      ]);

      expect(answers.map((answer) => refusalOf(answer).detail)).toEqual(
        Array(3).fill(expect.stringContaining('your key is confined')),
      );
    },
  );

  it.each(confinements)('%s may rename roles and groups, and take from them', async (_, confinement) => {
    const hub = await app.create.hub();
    const [roleId, groupId] = [await app.create.role(hub, ['lists-manage'], 2), await app.create.group(hub)];
    const caller = await app.create.caller({ hub, roleId: hub.roles.owner, ...confinement });

    const edit = { name: 'Less', rank: 1, capabilities: { all: false, specific: [] } };
    const answers = [
      await caller.patch(`${ROLES}/${roleId}`, edit),
      await caller.patch(`/v1/hubs/current/groups/${groupId}`, { name: `Less ${groupId}`, permissions: { lists: [] } }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe('what is left out', () => {
  it('is passed on by a confined maker: its addresses and its end', async () => {
    const hub = await app.create.hub();
    const end = inHours(1);
    const maker = await app.create.caller({
      hub,
      capabilities: ['api-keys-manage'],
      ips: ['10.0.0.0/8'],
      expiresAt: end,
    });
    const { body } = await maker.from(HERE).post(KEYS, { name: 'Made', role_id: hub.roles.integration }).expect(201);

    expect(body).toMatchObject({ data: { ips: ['10.0.0.0/8'], expires_at: end } });
  });
});
