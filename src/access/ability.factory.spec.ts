import { describe, expect, it } from 'vitest';
import { subject } from '@casl/ability';
import fc from 'fast-check';
import { type Ability, BOX_DATA, GROUP_ALERTS, LIST_ROWS, VARIABLE_VALUE } from './ability.js';
import { AbilityFactory, abilityCacheKey, SHARED_ABILITIES_MAX } from './ability.factory.js';
import { CAPABILITIES, CAPABILITY_NAMES } from './capabilities.js';
import { platformPrincipal } from './platform.js';
import { type PrincipalKind, type PrincipalRecord } from './principal.js';
import { DATA_RIGHTS, EVERY, type GroupPermissions, LIST_RIGHTS, type ListPermission } from './rights.js';
import { ALL_SCOPES } from './scopes.js';

interface Holder {
  readonly kind: PrincipalKind;
  readonly record: PrincipalRecord;
  readonly scopes: number;
}

const HUBS = ['a', 'b'];
const LISTS = ['l1', 'l2', 'l3'];
const COLUMNS = [1, 2];
const THINGS = ['t1', 't2'];
const GROUPS = ['g1', 'g2'];

function holder(
  kind: PrincipalKind,
  hubId: string,
  role: { all: boolean; specific: string[]; id?: string },
  lists: readonly ListPermission[] | null,
  scopes: number,
  others: Omit<GroupPermissions, 'lists'> & { readonly groupId?: string } = {},
): Holder {
  const { record } = platformPrincipal(hubId);
  const { all, specific, id = 'role' } = role;
  const { groupId = 'group', ...data } = others;
  return {
    kind,
    scopes,
    record: {
      ...record,
      role: { ...record.role, id, root: false, capabilities: { all, specific } },
      group: lists && { id: groupId, name: 'g', permissions: { lists, ...data } },
    },
  };
}

const permissions = fc.uniqueArray(
  fc.record({
    list_id: fc.constantFrom(EVERY, ...LISTS),
    rights: fc.subarray([...LIST_RIGHTS], { minLength: 1 }),
    read_only_columns: fc.subarray(COLUMNS),
  }),
  { selector: (entry) => entry.list_id, maxLength: 3 },
);

const dataRights = fc.subarray([...DATA_RIGHTS], { minLength: 1 });
const others = fc.record(
  {
    groupId: fc.constantFrom(...GROUPS),
    boxes: fc.uniqueArray(fc.record({ box_id: fc.constantFrom(EVERY, ...THINGS), rights: dataRights }), {
      selector: (entry) => entry.box_id,
      maxLength: 2,
    }),
    variables: fc.uniqueArray(fc.record({ variable_id: fc.constantFrom(EVERY, ...THINGS), rights: dataRights }), {
      selector: (entry) => entry.variable_id,
      maxLength: 2,
    }),
    alerts: fc.subarray([...DATA_RIGHTS]),
  },
  { requiredKeys: [] },
);

const holders = fc
  .record({
    kind: fc.constantFrom<PrincipalKind>('api-key', 'access-token'),
    hubId: fc.constantFrom(...HUBS),
    role: fc.record({ all: fc.boolean(), specific: fc.subarray([...CAPABILITY_NAMES, 'a', 'b', 'ab', 'c', 'bc']) }),
    lists: fc.option(permissions),
    scopes: fc.integer({ min: 0, max: ALL_SCOPES }),
    data: others,
  })
  .map(({ kind, hubId, role, lists, scopes, data }) => holder(kind, hubId, role, lists, scopes, data));

/** Everything that an ability answers, asked one by one. */
function answersOf(ability: Ability): string {
  class ApiKey {}
  class UserGroup {}
  class Role {}
  class List {}
  const classes = [ApiKey, UserGroup, Role, List];
  const management = HUBS.flatMap((hubId) =>
    classes.flatMap((Kind) =>
      ['read', 'update', 'create', 'delete'].map((action) => ability.can(action, Object.assign(new Kind(), { hubId }))),
    ),
  );
  const rows = HUBS.flatMap((hubId) =>
    LISTS.flatMap((listId) => [{ hubId, listId }, ...COLUMNS.map((columnId) => ({ hubId, listId, columnId }))]),
  ).flatMap((one) => LIST_RIGHTS.map((right) => ability.can(right, subject(LIST_ROWS, { ...one }))));
  const data = HUBS.flatMap((hubId) => [
    ...THINGS.map((boxId) => subject(BOX_DATA, { hubId, boxId })),
    ...THINGS.map((variableId) => subject(VARIABLE_VALUE, { hubId, variableId })),
    ...GROUPS.map((groupId) => subject(GROUP_ALERTS, { hubId, groupId })),
  ]).flatMap((one) => DATA_RIGHTS.map((right) => ability.can(right, one)));
  return [...management, ...rows, ...data].map(Number).join('');
}

const abilityOf = (factory: AbilityFactory, { kind, record, scopes }: Holder) => factory.for(kind, record, scopes);
const cacheKeyOf = ({ kind, record, scopes }: Holder) => abilityCacheKey(kind, record, scopes);

describe('AbilityFactory', () => {
  it('gives one ability to all keys with the same grants, in whatever order these are written', () => {
    const factory = new AbilityFactory();
    const lists = [{ list_id: 'l1', rights: ['read', 'add'] as const }];
    const turned = [{ list_id: 'l1', rights: ['add', 'read'] as const }];
    const one = holder('api-key', 'a', { all: false, specific: ['lists-manage', 'groups-manage'], id: 'r1' }, lists, 3);
    const two = holder(
      'api-key',
      'a',
      { all: false, specific: ['groups-manage', 'lists-manage'], id: 'r2' },
      turned,
      3,
    );

    expect(abilityOf(factory, one)).toBe(abilityOf(factory, two));
  });

  it('shares only between those who may do the same, whoever they are', () => {
    const factory = new AbilityFactory();
    fc.assert(
      fc.property(holders, holders, (one, two) => {
        const [first, second] = [abilityOf(factory, one), abilityOf(factory, two)];
        const fresh = new AbilityFactory();
        expect(answersOf(first)).toBe(answersOf(abilityOf(fresh, one)));
        expect(answersOf(second)).toBe(answersOf(abilityOf(fresh, two)));
        expect(first === second).toBe(canonical(one) === canonical(two));
      }),
      { numRuns: 600 },
    );
  });

  it('tells every two of many tuples apart unless their grants are equal', () => {
    fc.assert(
      fc.property(fc.array(holders, { minLength: 40, maxLength: 40 }), (many) => {
        const byKey = new Map(many.map((one) => [cacheKeyOf(one), canonical(one)]));
        const distinct = new Set(many.map(canonical));
        expect(byKey.size).toBe(distinct.size);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['the kind', holder('access-token', 'a', { all: false, specific: ['lists-manage'] }, [], 1)],
    ['the hub', holder('api-key', 'b', { all: false, specific: ['lists-manage'] }, [], 1)],
    ['the scopes', holder('api-key', 'a', { all: false, specific: ['lists-manage'] }, [], 2)],
    ['no group', holder('api-key', 'a', { all: false, specific: ['lists-manage'] }, null, 1)],
    ['all capabilities', holder('api-key', 'a', { all: true, specific: ['lists-manage'] }, [], 1)],
  ])('keeps apart what differs in %s', (_, other) => {
    const base = holder('api-key', 'a', { all: false, specific: ['lists-manage'] }, [], 1);
    expect(cacheKeyOf(base)).not.toBe(cacheKeyOf(other));
  });

  it('does not take ("ab", "c") for ("a", "bc"), nor a name for the end of another', () => {
    const keys = [['ab', 'c'], ['a', 'bc'], ['abc'], ['a', 'b', 'c'], ['a,b', 'c'], ['a"', '"bc']].map((specific) =>
      cacheKeyOf(holder('api-key', 'a', { all: false, specific }, null, 0)),
    );
    const lists = [
      [{ list_id: 'l1', rights: ['read' as const] }],
      [{ list_id: 'l', rights: ['read' as const] }],
      [{ list_id: 'l1","read', rights: [] }],
    ].map((entries) => cacheKeyOf(holder('api-key', 'a', { all: false, specific: [] }, entries, 0)));

    expect(new Set([...keys, ...lists]).size).toBe(9);
  });

  it('opens every column but the read-only ones of the entry, and what another entry opens stays open', () => {
    const factory = new AbilityFactory();
    const closed = { list_id: 'l1', rights: ['read', 'add', 'change', 'delete'] as const, read_only_columns: [2] };
    const open = { list_id: EVERY, rights: ['change'] as const };
    const may = (lists: readonly ListPermission[], action: string, columnId?: number) =>
      abilityOf(factory, holder('access-token', 'a', { all: false, specific: [] }, lists, ALL_SCOPES)).can(
        action,
        subject(LIST_ROWS, { hubId: 'a', listId: 'l1', ...(columnId && { columnId }) }),
      );

    expect(['add', 'change'].map((right) => [1, 2, undefined].map((column) => may([closed], right, column)))).toEqual([
      [true, false, true],
      [true, false, true],
    ]);
    expect([may([closed], 'read'), may([closed], 'delete'), may([closed], 'clear')]).toEqual([true, true, false]);
    expect([may([closed, open], 'change', 2), may([closed, open], 'add', 2)]).toEqual([true, false]);
  });

  it('lets a group touch the alerts of that group only', () => {
    const factory = new AbilityFactory();
    const of = (groupId: string, alerts: readonly ('read' | 'write')[]) =>
      abilityOf(
        factory,
        holder('access-token', 'a', { all: false, specific: [] }, [], ALL_SCOPES, { groupId, alerts }),
      );
    const alertsOf = (groupId: string, hubId = 'a') => subject(GROUP_ALERTS, { hubId, groupId });

    expect(of('g1', ['read']).can('read', alertsOf('g1'))).toBe(true);
    expect(of('g1', ['read']).can('write', alertsOf('g1'))).toBe(false);
    expect(of('g2', ['read']).can('read', alertsOf('g1'))).toBe(false);
    expect(of('g1', ['read']).can('read', alertsOf('g1', 'b'))).toBe(false);
    expect(of('g1', [])).toBe(of('g2', []));
  });

  it('never gives a token what its role may administer', () => {
    const factory = new AbilityFactory();
    const ability = abilityOf(factory, holder('access-token', 'a', { all: true, specific: [] }, [], ALL_SCOPES));
    for (const { action, subject: kind } of CAPABILITIES) {
      expect(ability.can(action, kind)).toBe(false);
    }
  });

  it('keeps an admin and a viewer of one hub apart over 1 000 turns', () => {
    const factory = new AbilityFactory();
    const admin = () => holder('api-key', 'a', { all: true, specific: [], id: 'admin' }, null, 0);
    const viewer = () => holder('api-key', 'a', { all: false, specific: [], id: 'viewer' }, null, 0);
    class ApiKey {
      hubId = 'a';
    }
    for (let turn = 0; turn < 1000; turn += 1) {
      const expected = turn % 2 === 0;
      expect(abilityOf(factory, expected ? admin() : viewer()).can('update', new ApiKey())).toBe(expected);
    }
  });

  it('keeps no more of them than it says, however many different callers are remembered', () => {
    const factory = new AbilityFactory();
    const remembered = Array.from({ length: SHARED_ABILITIES_MAX + 50 }, (_, index) =>
      holder('api-key', `hub-${index}`, { all: false, specific: [] }, null, 0),
    );

    remembered.forEach(({ kind, record, scopes }) => factory.for(kind, record, scopes));

    expect(factory.size).toBe(SHARED_ABILITIES_MAX);
    const [first] = remembered;
    expect(factory.for('api-key', first?.record as PrincipalRecord, 0).rules).toEqual([]);
  });

  it('answers by the new record after a change, not by the old one of the same role and group', () => {
    const factory = new AbilityFactory();
    const before = holder('api-key', 'a', { all: false, specific: ['lists-manage'] }, null, 0);
    const after = holder('api-key', 'a', { all: false, specific: [] }, null, 0);
    class List {
      hubId = 'a';
    }
    expect([before, after, before].map((one) => abilityOf(factory, one).can('read', new List()))).toEqual([
      true,
      false,
      true,
    ]);
  });
});

/** What the tuple means, without order. */
function canonical({ kind, record, scopes }: Holder): string {
  const { all, specific } = record.role.capabilities;
  const group = record.group && {
    lists: record.group.permissions.lists.map(({ list_id, rights, read_only_columns = [] }) => [
      list_id,
      [...rights].sort(),
      read_only_columns,
    ]),
    boxes: (record.group.permissions.boxes ?? []).map(({ box_id, rights }) => [box_id, [...rights].sort()]),
    variables: (record.group.permissions.variables ?? []).map(({ variable_id, rights }) => [variable_id, rights]),
    alerts: record.group.permissions.alerts?.length ? [record.group.id, record.group.permissions.alerts] : [],
  };
  return JSON.stringify([kind, record.hubId, all, [...specific].sort(), group, scopes]);
}
