import fc from 'fast-check';
import { LIST_RIGHTS, type ListRight, type Scope, SCOPES } from '../../../src/access/index.js';

/** Those that open the routes by which rights can be given. */
const DECIDING = [
  'api-keys-manage',
  'hubs-roles-manage',
  'hubs-invites-send',
  'hubs-members-manage',
  'groups-manage',
  'hubs-invites-manage',
  'hubs-update',
  'lists-manage',
];
const NETWORKS = ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '192.0.2.0/24', '2001:db8::/32'];
const HOUR = 3600;
const DAY = 24 * HOUR;

export interface Capabilities {
  readonly all: boolean;
  readonly specific: readonly string[];
}
export interface RolePlan {
  readonly rank: number;
  readonly capabilities: Capabilities;
}
/** `*`, or the number of a list. */
export type GroupPlan = readonly { readonly list: '*' | 0 | 1; readonly rights: readonly ListRight[] }[];

/** Things are named by a number; it is taken modulo how many there are. */
export interface KeyPlan {
  readonly role: number;
  readonly group: number | null;
  readonly scopes: readonly Scope[];
  readonly ips: readonly string[] | null;
  /** Seconds from now; null = never. */
  readonly ends: number | null;
  readonly live: boolean;
  /** The end of an older secret beside the newest, seconds from now; null = there is none. */
  readonly olderEnds: number | null;
  /** The person who made it; null = nobody who is there. */
  readonly maker: number | null;
}

/** Somebody with one session, of this hub, the one beside it, both or none. */
export interface PersonPlan {
  /** Null = no member. */
  readonly role: number | null;
  readonly besideRole: number | null;
  readonly verified: boolean;
  readonly password: 'own' | 'handed out' | 'none';
  /** A session that still lives may be one that proved no second factor, or began with a password handed out. */
  readonly session: 'live' | 'plain' | 'once' | 'ended' | 'over';
}

/** An invite that was sent before. */
export interface InvitePlan {
  readonly person: number;
  readonly role: number;
  /** Of all keys and persons. */
  readonly sender: number;
  readonly ends: number;
}

/** A hub as the sequence finds it. It has a root role and a root key besides, and another hub beside it that has its own. */
export interface WorldPlan {
  readonly roles: readonly RolePlan[];
  readonly groups: readonly GroupPlan[];
  /** The end of the root key, seconds from now; null = never. */
  readonly rootEnds: number | null;
  readonly keys: readonly KeyPlan[];
  readonly people: readonly PersonPlan[];
  readonly invites: readonly InvitePlan[];
  readonly force2fa: boolean;
}

export type KeyFields = Partial<Omit<KeyPlan, 'live' | 'olderEnds' | 'maker'>>;

export type Edit =
  | ({ readonly what: 'create key'; readonly ownRole: boolean } & KeyFields)
  | ({ readonly what: 'update key'; readonly key: number; readonly state?: 'live' | 'inactive' } & KeyFields)
  | { readonly what: 'delete key'; readonly key: number; readonly created: 'keep' | 'revoke' }
  | { readonly what: 'rotate key'; readonly key: number; readonly overlap: number }
  | { readonly what: 'end secret'; readonly key: number; readonly which: number }
  | { readonly what: 'create role'; readonly role: RolePlan }
  | { readonly what: 'update role'; readonly id: number; readonly role: Partial<RolePlan> }
  | { readonly what: 'delete role'; readonly id: number }
  | { readonly what: 'create group'; readonly permissions: GroupPlan }
  | { readonly what: 'update group'; readonly id: number; readonly permissions: GroupPlan }
  | { readonly what: 'delete group'; readonly id: number }
  | { readonly what: 'update hub'; readonly overlap: number; readonly disableOnReuse: boolean }
  | { readonly what: 'invite'; readonly person: number; readonly role: number; readonly stranger: boolean }
  | { readonly what: 'revoke invite'; readonly invite: number }
  | AnswerEdit
  | { readonly what: 'update member'; readonly member: number; readonly role: number }
  | { readonly what: 'remove member'; readonly member: number; readonly created: 'keep' | 'revoke' }
  | { readonly what: 'end session'; readonly session: number; readonly own: boolean };

/** By who was invited, unless `stranger`. */
export interface AnswerEdit {
  readonly what: 'answer invite';
  readonly invite: number;
  readonly accept: boolean;
  readonly byToken: boolean;
  readonly stranger: boolean;
}

export interface Step {
  readonly by: number;
  /** Who acts: one who may come in and holds the capability, one who may come in, or anybody. */
  readonly who: 'fit' | 'able' | 'anybody';
  /** Whether a person names the hub beside this one, whatever the edit is about. */
  readonly beside: boolean;
  /** From where; an address that the actor may use, if there is one. */
  readonly from: number;
  readonly edit: Edit;
}

export interface Sequence {
  readonly world: WorldPlan;
  readonly steps: readonly Step[];
}

const some = <T>(items: readonly T[], low: number): fc.Arbitrary<T[]> =>
  fc.tuple(...items.map(() => fc.nat(9))).map((dice) => items.filter((_, index) => (dice[index] ?? 0) >= low));

const number = fc.nat(11);
// Nested sets and few ranks, so that roles are often just within or just beyond each other.
const capabilities: fc.Arbitrary<Capabilities> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.nat(DECIDING.length).map((count) => ({ all: false, specific: DECIDING.slice(0, count) })),
  },
  { weight: 3, arbitrary: fc.record({ all: fc.constant(false), specific: some(DECIDING, 3) }) },
  { weight: 1, arbitrary: fc.constant({ all: true, specific: [] }) },
);
const rank = fc.constantFrom(0, 3, 3, 6, 6, 9);
const role: fc.Arbitrary<RolePlan> = fc.record({ rank, capabilities });
const group: fc.Arbitrary<GroupPlan> = fc.uniqueArray(
  fc.record({
    list: fc.constantFrom('*' as const, 0 as const, 1 as const),
    rights: fc.subarray([...LIST_RIGHTS], { minLength: 1 }),
  }),
  { selector: ({ list }) => list, maxLength: 2 },
);
const scopes = some(SCOPES, 4);
const ips = fc.option(fc.subarray(NETWORKS, { minLength: 1, maxLength: 2 }), { freq: 2 });
const ends = fc.constantFrom(null, null, null, HOUR, DAY, 30 * DAY);
const fields = { role: number, group: fc.option(number), scopes, ips, ends };

const key: fc.Arbitrary<KeyPlan> = fc.record({
  ...fields,
  ends: fc.constantFrom(null, null, null, null, HOUR, DAY, 30 * DAY, -HOUR),
  live: fc.nat(4).map((die) => die > 0),
  olderEnds: fc.constantFrom(null, null, HOUR, DAY, -HOUR),
  maker: fc.option(number, { freq: 2 }),
});

const person: fc.Arbitrary<PersonPlan> = fc.record({
  role: fc.option(number, { freq: 2 }),
  besideRole: fc.option(number, { freq: 2 }),
  verified: fc.nat(3).map((die) => die > 0),
  password: fc.constantFrom('own' as const, 'own' as const, 'handed out' as const, 'none' as const),
  session: fc.oneof(
    { weight: 10, arbitrary: fc.constant('live' as const) },
    { weight: 4, arbitrary: fc.constantFrom('plain' as const, 'once' as const, 'ended' as const, 'over' as const) },
  ),
});

const invite: fc.Arbitrary<InvitePlan> = fc.record({
  person: number,
  role: number,
  sender: fc.oneof(fc.constant(0), number),
  ends: fc.constantFrom(HOUR, DAY, DAY, DAY, DAY, -HOUR),
});

const fate = fc.constantFrom('keep' as const, 'revoke' as const);

const edits = {
  'create key': fc.record({ ownRole: fc.boolean(), ...fields }, { requiredKeys: ['ownRole', 'role'] }),
  'update key': fc.record(
    { key: number, state: fc.constantFrom('live' as const, 'inactive' as const), ...fields },
    { requiredKeys: ['key'] },
  ),
  'delete key': fc.record({ key: number, created: fate }),
  'rotate key': fc.record({ key: number, overlap: fc.constantFrom(0, HOUR) }),
  'end secret': fc.record({ key: number, which: fc.nat(2) }),
  'create role': fc.record({ role }),
  'update role': fc.record({
    id: number,
    role: fc.record({ rank, capabilities }, { requiredKeys: [] }),
  }),
  'delete role': fc.record({ id: number }),
  'create group': fc.record({ permissions: group }),
  'update group': fc.record({ id: number, permissions: group }),
  'delete group': fc.record({ id: number }),
  'update hub': fc.record({ overlap: fc.constantFrom(0, HOUR, DAY), disableOnReuse: fc.boolean() }),
  invite: fc.record({ person: number, role: number, stranger: fc.nat(4).map((die) => die < 4) }),
  'revoke invite': fc.record({ invite: number }),
  'answer invite': fc.record({
    invite: number,
    accept: fc.nat(5).map((die) => die > 0),
    byToken: fc.boolean(),
    stranger: fc.nat(3).map((die) => die === 3),
  }),
  'update member': fc.record({ member: number, role: number }),
  'remove member': fc.record({ member: number, created: fate }),
  'end session': fc.record({ session: number, own: fc.boolean() }),
} satisfies { [Name in Edit['what']]: fc.Arbitrary<Omit<Extract<Edit, { what: Name }>, 'what'>> };

export const EDITS = Object.keys(edits) as Edit['what'][];

/** How often, of a hundred or so. */
const WEIGHTS: Readonly<Record<Edit['what'], number>> = {
  'create key': 12,
  'update key': 20,
  'delete key': 5,
  'rotate key': 7,
  'end secret': 3,
  'create role': 5,
  'update role': 12,
  'delete role': 2,
  'create group': 3,
  'update group': 6,
  'delete group': 2,
  'update hub': 2,
  invite: 14,
  'revoke invite': 2,
  'answer invite': 16,
  'update member': 14,
  'remove member': 7,
  'end session': 2,
};

const edit = fc.oneof(
  ...EDITS.map((what) => ({
    weight: WEIGHTS[what],
    arbitrary: (edits[what] as fc.Arbitrary<object>).map((rest) => ({ what, ...rest }) as Edit),
  })),
);

const step: fc.Arbitrary<Step> = fc.record({
  by: number,
  who: fc.oneof(
    { weight: 7, arbitrary: fc.constant('fit' as const) },
    { weight: 2, arbitrary: fc.constant('able' as const) },
    { weight: 1, arbitrary: fc.constant('anybody' as const) },
  ),
  beside: fc.nat(14).map((die) => die === 14),
  from: number,
  edit,
});

export const sequences: fc.Arbitrary<Sequence> = fc.record({
  world: fc.record({
    roles: fc.array(role, { minLength: 2, maxLength: 4 }),
    groups: fc.array(group, { minLength: 1, maxLength: 2 }),
    rootEnds: fc.constantFrom(null, null, DAY),
    keys: fc.array(key, { minLength: 2, maxLength: 4 }),
    people: fc.array(person, { minLength: 2, maxLength: 4 }),
    invites: fc.array(invite, { minLength: 1, maxLength: 3 }),
    force2fa: fc.nat(4).map((die) => die === 4),
  }),
  steps: fc.array(step, { minLength: 3, maxLength: 8 }),
});

/** Edits that were never made, or never refused. */
export function idleEdits(
  tally: Readonly<Partial<Record<string, { readonly made: number; readonly refused: number }>>>,
): string[] {
  return EDITS.filter((what) => !tally[what]?.made || !tally[what]?.refused);
}
