import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { beyond, NAMES } from '../../test/support/ceiling-oracle.js';
import { AddressList } from '../common/ip/index.js';
import { CeilingError } from './access.errors.js';
import { type CapabilitySet } from './capabilities.js';
import { earliest } from './credential.js';
import { assertMayGrant, assertMayTouchKey, type Grant } from './ceiling.js';
import { platformPrincipal } from './platform.js';
import { type Principal, type RoleFacts } from './principal.js';
import { EVERY, type GroupPermissions, LIST_RIGHTS } from './rights.js';
import { ALL_SCOPES, SCOPES } from './scopes.js';

const LISTS = ['l1', 'l2'];
const TIMES = [null, 1_000, 2_000, 3_000];
const NETWORKS = ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '192.0.2.0/24', '0.0.0.0/0', '2001:db8::/32', '::/0'];

const SETS: readonly CapabilitySet[] = [
  { all: false, specific: [] },
  { all: false, specific: ['api-keys-manage'] },
  { all: false, specific: ['api-keys-manage', 'groups-manage'] },
  { all: false, specific: ['hubs-roles-manage', 'of-a-later-version'] },
  { all: true, specific: [] },
];

const rank = fc.integer({ min: 0, max: 10 });
const capabilities: fc.Arbitrary<CapabilitySet> = fc.record({
  all: fc.boolean(),
  specific: fc.subarray([...NAMES]),
});
const scopes = fc.integer({ min: 0, max: ALL_SCOPES });
const permissions: fc.Arbitrary<GroupPermissions> = fc
  .uniqueArray(fc.record({ list_id: fc.constantFrom(EVERY, ...LISTS), rights: fc.subarray([...LIST_RIGHTS]) }), {
    selector: (entry) => entry.list_id,
  })
  .map((lists) => ({ lists }));
const ips = fc.option(fc.subarray(NETWORKS, { minLength: 1 }).map((entries) => AddressList.parse(entries)));
const expiresAt = fc.constantFrom(...TIMES);
/** One id is one role: made of what it is, and few enough for two to meet. */
const role: fc.Arbitrary<RoleFacts> = fc
  .record({
    rank: fc.constantFrom(0, 3, 5, 10),
    root: fc.constantFrom(false, false, true),
    of: fc.nat(SETS.length - 1),
  })
  .map(({ rank: at, root, of }) => {
    const id = `${at}-${root}-${of}`;
    return { id, identifier: id, live: true, rank: at, root, capabilities: SETS[of] };
  });

const actors: fc.Arbitrary<Principal> = fc
  .record({ role, scopes, permissions: fc.option(permissions), ips, expiresAt, credentialEndsAt: expiresAt })
  .map(({ role: own, scopes: held, permissions: granted, ips: from, expiresAt: end, credentialEndsAt }) => {
    const base = platformPrincipal('hub');
    const group = granted && { id: 'g', name: 'g', permissions: granted };
    const record = { ...base.record, role: own, scopes: held, group, ips: from, expiresAt: end, credentialEndsAt };
    return { ...base, kind: 'api-key', scopes: held, record };
  });

const grants: fc.Arbitrary<Grant> = fc.record(
  {
    role: fc.record({ rank, capabilities }),
    keyRole: role,
    memberRole: role,
    permissions,
    widens: fc.boolean(),
    scopes,
    ips,
    expiresAt,
  },
  { requiredKeys: [] },
);

function refusalOf(work: () => void): CeilingError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof CeilingError) {
      return error;
    }
    throw error;
  }
}

describe('assertMayGrant', () => {
  it('lets nothing pass that the actor does not hold', () => {
    fc.assert(
      fc.property(actors, grants, (actor, grant) => {
        const accepted = refusalOf(() => assertMayGrant(actor, grant)) === null;
        expect(accepted ? beyond(actor.record, grant) : []).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses nothing that the actor holds, and names what is missing when it refuses', () => {
    fc.assert(
      fc.property(actors, grants, (actor, whole) => {
        // Lists of networks err towards "no" (two halves do not make a whole), so they stay aside here.
        const grant = { ...whole, ips: undefined };
        const missing = refusalOf(() => assertMayGrant(actor, grant))?.details.extra?.missing ?? [];
        const excess = beyond(actor.record, grant);
        expect((missing as string[]).length > 0).toBe(excess.length > 0);
        const given = [grant.role, grant.keyRole, grant.memberRole];
        for (const name of excess.filter((one) => NAMES.includes(one))) {
          const named = given.some((one) => one?.capabilities.specific.includes(name));
          expect(missing).toContain(named ? `capability ${name}` : 'capability all');
        }
        for (const name of excess.filter((one) => (SCOPES as readonly string[]).includes(one))) {
          expect(missing).toContain(`scope ${name}`);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('lets everybody give exactly what they are', () => {
    fc.assert(
      fc.property(actors, (actor) => {
        const { role: keyRole, group, ips: from, expiresAt: ownEnd, credentialEndsAt } = actor.record;
        const end = earliest(ownEnd, credentialEndsAt);
        const all = { keyRole, permissions: group?.permissions, scopes: actor.scopes, ips: from, expiresAt: end };
        expect(() => assertMayGrant(actor, all)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  it('binds a chain of makers: what the last one holds, the first one held', () => {
    fc.assert(
      fc.property(actors, fc.array(grants, { minLength: 3, maxLength: 12 }), (first, chain) => {
        const last = chain.reduce((maker, grant) => made(maker, grant) ?? maker, first);
        expect(beyond(first.record, asGrant(last))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('binds root by addresses and lifetime, and by nothing else', () => {
    const { record, ...rest } = platformPrincipal('hub');
    const ips = AddressList.parse(['10.0.0.0/8']);
    const actor: Principal = {
      ...rest,
      kind: 'api-key',
      record: { ...record, ips, expiresAt: 5, scopes: 0 },
      scopes: 0,
    };
    const root = record.role;

    expect(() => assertMayGrant(actor, { keyRole: root, scopes: ALL_SCOPES, ips, expiresAt: 5 })).not.toThrow();
    const refusal = refusalOf(() => assertMayGrant(actor, { keyRole: root, ips: null, expiresAt: null }));
    expect(refusal?.details.extra?.missing).toEqual([
      'use from addresses beyond 10.0.0.0/8 (send ips within these)',
      'life beyond 1970-01-01T00:00:00.005Z (send an expires_at not later)',
    ]);
  });
});

describe('the end of the presented secret', () => {
  const actor = (expiresAt_: number | null, credentialEndsAt: number | null): Principal => {
    const base = platformPrincipal('hub');
    return { ...base, kind: 'api-key', record: { ...base.record, expiresAt: expiresAt_, credentialEndsAt } };
  };

  it.each([
    [null, 5, 5, 'your secret ends then: use the newer one'],
    [9, 5, 5, 'your secret ends then: use the newer one'],
    [5, 9, 5, 'send an expires_at not later'],
  ])('binds as that of the key does: of %s and %s the earlier one, %d', (ownEnd, secretEnd, end, way) => {
    const maker = actor(ownEnd, secretEnd);

    expect(() => assertMayGrant(maker, { expiresAt: end })).not.toThrow();
    for (const later of [end + 1, null]) {
      const refusal = refusalOf(() => assertMayGrant(maker, { expiresAt: later }));
      expect(refusal?.details.extra?.missing).toEqual([`life beyond ${new Date(end).toISOString()} (${way})`]);
    }
  });

  it('does not hinder what is no key', () => {
    const role_ = { rank: 5, capabilities: SETS[0] };

    expect(() => assertMayGrant(actor(null, 5), { role: role_, permissions: { lists: [] } })).not.toThrow();
  });
});

describe('assertMayTouchKey', () => {
  it('admits roles below the actor’s own, the own one, and root to everything', () => {
    fc.assert(
      fc.property(actors, role, (actor, target) => {
        const own = actor.record.role;
        const may = own.root || own.id === target.id || (!target.root && target.rank < own.rank);
        expect(refusalOf(() => assertMayTouchKey(actor, target)) === null).toBe(may);
      }),
      { numRuns: 500 },
    );
  });
});

/** The key that the actor would make with this grant; null when it may not, or when there is no role to make it of. */
function made(actor: Principal, grant: Grant): Principal | null {
  const ownEnd = earliest(actor.record.expiresAt, actor.record.credentialEndsAt);
  const { keyRole = actor.record.role, permissions: given, scopes: held = 0 } = grant;
  const { ips: from = actor.record.ips, expiresAt: end = ownEnd } = grant;
  const whole = { keyRole, permissions: given, scopes: held, ips: from, expiresAt: end };
  if (refusalOf(() => assertMayGrant(actor, whole))) {
    return null;
  }
  const group = given ? { id: 'g', name: 'g', permissions: given } : null;
  const confinement = { ips: from, expiresAt: end, credentialEndsAt: null };
  const record = { ...actor.record, role: keyRole, group, scopes: held, ...confinement };
  return { ...actor, scopes: held, record };
}

function asGrant({ record, scopes: held }: Principal): Grant {
  const { role: keyRole, group, ips: from } = record;
  const end = earliest(record.expiresAt, record.credentialEndsAt);
  return { keyRole, permissions: group?.permissions, scopes: held, ips: from, expiresAt: end };
}
