import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import {
  assertMayGrant,
  assertMayTouchKey,
  authorize,
  CeilingError,
  type GroupFacts,
  type Mutation,
  type Principal,
  type RoleFacts,
} from '../../access/index.js';
import { ForbiddenError } from '../../common/errors/index.js';
import { AddressList } from '../../common/ip/index.js';
import { GroupService } from '../group/index.js';
import { RoleService } from '../role/index.js';
import { type ApiKey } from './api-key.entity.js';
import {
  ApiKeyNotFoundError,
  InactiveKeyError,
  KeyExpiredError,
  KeyInTheWayError,
  LastRootKeyError,
  OwnAddressError,
  UnknownGroupError,
  UnknownRoleError,
} from './api-key.errors.js';
import { ApiKeyRepository } from './api-key.repository.js';

/** Who may do what to a key, on the facts of the transaction that does it. Every verb on keys and secrets asks here. */
@Injectable()
export class KeyRules {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly roles: RoleService,
    private readonly groups: GroupService,
  ) {}

  /** @throws ApiKeyNotFoundError also for another hub's key and for a deleted one */
  async getKey({ tx, actor }: Mutation, id: string): Promise<ApiKey> {
    const key = await this.keys.find(actor.hubId, id, tx);
    if (!key) {
      throw new ApiKeyNotFoundError();
    }
    return key;
  }

  /** A key that the actor may touch, with its role. */
  async getTouchable(mutation: Mutation, id: string): Promise<{ key: ApiKey; role: RoleFacts }> {
    const key = await this.getKey(mutation, id);
    const role = await this.getRole(mutation, key);
    authorize(mutation.actor, 'update', key);
    assertMayTouchKey(mutation.actor, role);
    return { key, role };
  }

  /** The ceiling, on the key as it would be afterwards. Returns its role. */
  async assertMayBecome({ tx, actor }: Mutation, key: ApiKey): Promise<RoleFacts> {
    const role = await this.roles.findFacts(tx, key.hubId, key.roleId);
    if (!role) {
      throw new UnknownRoleError();
    }
    assertMayHold(actor, key, role, await this.groupOf(tx, key));
    return role;
  }

  /**
   * Those of these keys whose secret the actor could replace by a new one, by the same rules as a rotation: they may see
   * the one that there is. Each role and group is asked for once, however many keys there are.
   */
  async rotatable({ tx, actor, now }: Mutation, keys: readonly ApiKey[]): Promise<ApiKey[]> {
    const roles = new Map<string, RoleFacts | null>();
    const groups = new Map<string, GroupFacts | null>();
    for (const id of new Set(keys.map(({ roleId }) => roleId))) {
      roles.set(id, await this.roles.findFacts(tx, actor.hubId, id));
    }
    for (const id of new Set(keys.flatMap(({ groupId }) => groupId ?? []))) {
      groups.set(id, await this.groups.findFacts(tx, actor.hubId, id));
    }
    return keys.filter((key) => {
      const role = roles.get(key.roleId);
      const group = key.groupId === null ? null : groups.get(key.groupId);
      const isWhole = role && (group || key.groupId === null);
      return isWhole ? mayRotate(actor, key, { role, group: group ?? null, now }) : false;
    });
  }

  /** Each by the rules for a single one, and the last root key by what would remain after all of them. */
  async assertMayEnd(mutation: Mutation, keys: readonly ApiKey[]): Promise<void> {
    const roles = new Map<string, RoleFacts>();
    for (const key of keys) {
      const role = roles.get(key.roleId) ?? (await this.getRole(mutation, key));
      roles.set(key.roleId, role);
      assertMayEndKey(mutation.actor, key, role);
    }
    const lastingRoot = keys.find((key) => {
      const role = roles.get(key.roleId);
      return role !== undefined && isLastingRoot(key, role);
    });
    if (lastingRoot) {
      await this.assertHubKeepsRoot(mutation, lastingRoot, keys);
    }
  }

  /** The hub's row is locked, so two who remove each other's key cannot both pass. */
  async assertHubKeepsRoot(mutation: Mutation, key: ApiKey, without: readonly ApiKey[]): Promise<void> {
    if (!(await this.hasAnotherWayIn(mutation, without))) {
      throw new LastRootKeyError(key.id);
    }
  }

  /**
   * Another root key that never ends and works from where the actor is, or a root member: a key for other addresses
   * only may work nowhere.
   */
  async hasAnotherWayIn(mutation: Mutation, without: readonly ApiKey[]): Promise<boolean> {
    const { actor } = mutation;
    const others = await this.waysInWithout(mutation, without);
    return others.some(({ ips }) => actor.kind === 'platform' || admits(ips, actor));
  }

  /** As above where nobody is asking, so that no address can be gone by: the other one works wherever this one does. */
  async hasEqualWayIn(mutation: Mutation, key: ApiKey): Promise<boolean> {
    return (await this.waysInWithout(mutation, [key])).some(({ ips }) => isAsOpenAs(ips, key.ips));
  }

  async assertNotLockedOut(mutation: Mutation, key: ApiKey, role: RoleFacts): Promise<void> {
    const { actor } = mutation;
    const isOwn = actor.kind === 'api-key' && actor.record.subjectId === key.id;
    if (isOwn && role.root && !admits(key.ips, actor) && !(await this.hasAnotherWayIn(mutation, [key]))) {
      throw new OwnAddressError();
    }
  }

  private async waysInWithout({ tx, actor }: Mutation, keys: readonly ApiKey[]): Promise<{ ips: string[] | null }[]> {
    const gone = new Set(keys.map(({ id }) => id));
    const ways = [
      ...(await this.keys.lastingRootKeys(tx, actor.hubId)),
      ...(await this.keys.lastingRootMembers(tx, actor.hubId)),
    ];
    return ways.filter(({ id }) => !gone.has(id));
  }

  private async getRole({ tx }: Mutation, key: ApiKey): Promise<RoleFacts> {
    const role = await this.roles.findFacts(tx, key.hubId, key.roleId);
    if (!role) {
      throw new ApiKeyNotFoundError();
    }
    return role;
  }

  private async groupOf(tx: EntityManager, key: ApiKey): Promise<GroupFacts | null> {
    if (key.groupId === null) {
      return null;
    }
    const group = await this.groups.findFacts(tx, key.hubId, key.groupId);
    if (!group) {
      throw new UnknownGroupError();
    }
    return group;
  }
}

/** Whoever gets a new secret of a key could use the key: the ceiling applies as if they made it. */
function assertMayHold(actor: Principal, key: ApiKey, keyRole: RoleFacts, group: GroupFacts | null): void {
  const ips = key.ips && AddressList.parse(key.ips);
  const { scopes, expiresAt } = key;
  const { permissions, id: groupId } = group ?? {};
  assertMayGrant(actor, { keyRole, permissions, groupId, scopes, ips, expiresAt });
}

/** A new secret of a key that is off or over would not work. */
export function assertRotatable(key: ApiKey, now: number): void {
  if (key.state !== 'live') {
    throw new InactiveKeyError();
  }
  if (key.expiresAt !== null && key.expiresAt <= now) {
    throw new KeyExpiredError(key.expiresAt);
  }
}

interface RotationFacts {
  readonly role: RoleFacts;
  readonly group: GroupFacts | null;
  readonly now: number;
}

function mayRotate(actor: Principal, key: ApiKey, { role, group, now }: RotationFacts): boolean {
  try {
    authorize(actor, 'update', key);
    assertMayTouchKey(actor, role);
    assertMayHold(actor, key, role, group);
    assertRotatable(key, now);
    return true;
  } catch (error) {
    if (error instanceof ForbiddenError) {
      return false;
    }
    throw error;
  }
}

/** A root key that is live and does not end: while there is one, the hub has a way in. */
export function isLastingRoot(key: ApiKey, role: RoleFacts): boolean {
  return role.root && key.expiresAt === null && key.state === 'live';
}

function assertMayEndKey(actor: Principal, key: ApiKey, role: RoleFacts): void {
  authorize(actor, 'update', key);
  try {
    assertMayTouchKey(actor, role);
  } catch (error) {
    throw error instanceof CeilingError ? new KeyInTheWayError(key.id, error) : error;
  }
}

function isAsOpenAs(ips: readonly string[] | null, other: readonly string[] | null): boolean {
  return ips === null || (other !== null && AddressList.parse(other).isWithin(AddressList.parse(ips)));
}

function admits(ips: readonly string[] | null, { address }: Principal): boolean {
  return ips === null || AddressList.parse(ips).contains(address);
}
