import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import {
  assertMayGrant,
  assertMayTouchKey,
  authorize,
  CeilingError,
  generateKeySecret,
  type GroupFacts,
  type Mutation,
  Mutations,
  type Principal,
  type RoleFacts,
} from '../../access/index.js';
import { AddressList } from '../../common/ip/index.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { GroupService } from '../group/index.js';
import { type Role, RoleService } from '../role/index.js';
import { type ApiKey } from './api-key.entity.js';
import {
  ApiKeyNotFoundError,
  KeyInTheWayError,
  LastRootKeyError,
  OwnAddressError,
  UnknownGroupError,
  UnknownRoleError,
} from './api-key.errors.js';
import { ApiKeyRepository, type ApiKeyWithUse } from './api-key.repository.js';
import { applyEdit, endKey, keyFacts, newKey, newSecret } from './api-key.factory.js';
import { type CreatedFate } from './created-keys.js';
import { type CreateApiKeyDto, type UpdateApiKeyDto } from './dto/api-key.dto.js';

/** A key that was just made, with the only copy of its secret. */
export interface CreatedApiKey {
  readonly key: ApiKey;
  readonly secret: string;
}

/** A key that was just deleted, and what it had made that had not ended before, as it is now. */
export interface DeletedApiKey {
  readonly key: ApiKeyWithUse;
  readonly created: readonly ApiKey[];
}

@Injectable()
export class ApiKeyService {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly roles: RoleService,
    private readonly groups: GroupService,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
  ) {}

  async list(principal: Principal, query: ResourceQuery): Promise<ApiKeyWithUse[]> {
    return this.keys.withUse(principal.hubId, await this.keys.list(principal.hubId, query));
  }

  async get(principal: Principal, id: string): Promise<ApiKeyWithUse> {
    const key = await this.keys.find(principal.hubId, id);
    if (!key) {
      throw new ApiKeyNotFoundError();
    }
    authorize(principal, 'read', key);
    const [withUse] = await this.keys.withUse(principal.hubId, [key]);
    return withUse;
  }

  /** The roles of keys, for `include=roles`. */
  rolesOf(principal: Principal, keys: readonly ApiKey[]): Promise<Role[]> {
    return this.roles.findMany(principal.hubId, [...new Set(keys.map((key) => key.roleId))]);
  }

  create(principal: Principal, input: CreateApiKeyDto): Promise<CreatedApiKey> {
    return this.mutations.run(principal, 'api-keys-manage', async (mutation) => {
      const key = newKey(mutation, input);
      await this.assertMayBecome(mutation, key);
      const { text, digest } = generateKeySecret(key.id);
      await this.keys.insert(mutation.tx, key, newSecret(key, digest));
      await this.record(mutation, 'hub.apikey.create', key, {});
      return { key, secret: text };
    });
  }

  update(principal: Principal, id: string, input: UpdateApiKeyDto): Promise<ApiKeyWithUse> {
    return this.mutations.run(principal, 'api-keys-manage', async (mutation) => {
      const { key, role } = await this.getTouchable(mutation, id);
      const before = keyFacts(key);
      applyEdit(key, input, mutation.now);
      const after = await this.assertMayBecome(mutation, key);
      if (role.root && before.expires_at === null && !(after.root && key.expiresAt === null)) {
        await this.assertHubKeepsRoot(mutation, key, [key]);
      }
      await this.assertNotLockedOut(mutation, key, after);
      await this.keys.update(mutation.tx, key);
      await this.record(mutation, 'hub.apikey.update', key, before);
      mutation.changed({ kind: 'key', id });
      const [withUse] = await this.keys.withUse(key.hubId, [key]);
      return withUse;
    });
  }

  /** The key and its tokens are dead at once; what it made too, when that is asked for: all of them or none. */
  delete(principal: Principal, id: string, fate: CreatedFate = 'keep'): Promise<DeletedApiKey> {
    return this.mutations.run(principal, 'api-keys-manage', async (mutation) => {
      const key = await this.getKey(mutation, id);
      const created = await this.keys.madeBy(mutation.tx, key);
      const doomed = fate === 'revoke' ? [key, ...created] : [key];
      await this.assertMayEnd(mutation, doomed);
      for (const one of doomed) {
        await this.end(mutation, one);
      }
      const [withUse] = await this.keys.withUse(key.hubId, [key]);
      return { key: withUse, created };
    });
  }

  private async end(mutation: Mutation, key: ApiKey): Promise<void> {
    const before = keyFacts(key);
    endKey(key, mutation.now);
    await this.keys.update(mutation.tx, key);
    await this.record(mutation, 'hub.apikey.delete', key, before);
    mutation.changed({ kind: 'key', id: key.id });
  }

  /** Each by the rules for a single one, and the last root key by what would remain after all of them. */
  private async assertMayEnd(mutation: Mutation, keys: readonly ApiKey[]): Promise<void> {
    const roles = new Map<string, RoleFacts>();
    for (const key of keys) {
      const role = roles.get(key.roleId) ?? (await this.getRole(mutation, key));
      roles.set(key.roleId, role);
      assertMayEndKey(mutation.actor, key, role);
    }
    const lastingRoot = keys.find((key) => roles.get(key.roleId)?.root && key.expiresAt === null);
    if (lastingRoot) {
      await this.assertHubKeepsRoot(mutation, lastingRoot, keys);
    }
  }

  private async getTouchable(mutation: Mutation, id: string): Promise<{ key: ApiKey; role: RoleFacts }> {
    const key = await this.getKey(mutation, id);
    const role = await this.getRole(mutation, key);
    authorize(mutation.actor, 'update', key);
    assertMayTouchKey(mutation.actor, role);
    return { key, role };
  }

  private async getKey({ tx, actor }: Mutation, id: string): Promise<ApiKey> {
    const key = await this.keys.find(actor.hubId, id, tx);
    if (!key) {
      throw new ApiKeyNotFoundError();
    }
    return key;
  }

  private async getRole({ tx }: Mutation, key: ApiKey): Promise<RoleFacts> {
    const role = await this.roles.findFacts(tx, key.hubId, key.roleId);
    if (!role) {
      throw new ApiKeyNotFoundError();
    }
    return role;
  }

  /** The ceiling, on the key as it would be afterwards. Returns its role. */
  private async assertMayBecome({ tx, actor }: Mutation, key: ApiKey): Promise<RoleFacts> {
    const role = await this.roles.findFacts(tx, key.hubId, key.roleId);
    if (!role) {
      throw new UnknownRoleError();
    }
    const group = await this.groupOf(tx, key);
    const ips = key.ips && AddressList.parse(key.ips);
    const { scopes, expiresAt } = key;
    assertMayGrant(actor, { keyRole: role, permissions: group?.permissions, scopes, ips, expiresAt });
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

  /** The hub's row is locked, so two who remove each other's key cannot both pass. */
  private async assertHubKeepsRoot(mutation: Mutation, key: ApiKey, without: readonly ApiKey[]): Promise<void> {
    if (!(await this.hasAnotherWayIn(mutation, without))) {
      throw new LastRootKeyError(key.id);
    }
  }

  /** Another root key that never ends and works from where the actor is: one for other addresses only may work nowhere. */
  private async hasAnotherWayIn({ tx, actor }: Mutation, without: readonly ApiKey[]): Promise<boolean> {
    const gone = new Set(without.map(({ id }) => id));
    const others = (await this.keys.lastingRootKeys(tx, actor.hubId)).filter(({ id }) => !gone.has(id));
    return others.some(({ ips }) => actor.kind === 'platform' || admits(ips, actor));
  }

  private async assertNotLockedOut(mutation: Mutation, key: ApiKey, role: RoleFacts): Promise<void> {
    const { actor } = mutation;
    const isOwn = actor.kind === 'api-key' && actor.record.keyId === key.id;
    if (isOwn && role.root && !admits(key.ips, actor) && !(await this.hasAnotherWayIn(mutation, [key]))) {
      throw new OwnAddressError();
    }
  }

  private async record(mutation: Mutation, event: string, key: ApiKey, before: object): Promise<void> {
    await this.activity.recordChange(mutation, event, { type: 'api_key', id: key.id }, before, keyFacts(key));
  }
}

function assertMayEndKey(actor: Principal, key: ApiKey, role: RoleFacts): void {
  authorize(actor, 'update', key);
  try {
    assertMayTouchKey(actor, role);
  } catch (error) {
    throw error instanceof CeilingError ? new KeyInTheWayError(key.id, error) : error;
  }
}

function admits(ips: readonly string[] | null, { address }: Principal): boolean {
  return ips === null || AddressList.parse(ips).contains(address);
}
