import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import {
  authorize,
  generateKeySecret,
  type Mutation,
  Mutations,
  type Principal,
  type PrincipalRecord,
} from '../../access/index.js';
import { AddressList } from '../../common/ip/index.js';
import { Precondition } from '../../common/precondition.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { type Role, RoleService } from '../role/index.js';
import { type ApiKey } from './api-key.entity.js';
import { ApiKeyNotFoundError } from './api-key.errors.js';
import { applyEdit, endKey, keyFacts, newKey, newSecret } from './api-key.factory.js';
import { ApiKeyRepository, type ApiKeyWithUse } from './api-key.repository.js';
import { isLastingRoot, KeyRules } from './api-key.rules.js';
import { type CreatedFate } from './created-keys.js';
import { type CreateApiKeyDto, type UpdateApiKeyDto } from './dto/api-key.dto.js';
import { KeyHandles } from './key-handles.js';
import { ReadableSecrets } from './readable-secrets.js';

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
    private readonly rules: KeyRules,
    private readonly handles: KeyHandles,
    private readonly readable: ReadableSecrets,
    private readonly roles: RoleService,
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
      await this.handles.give(mutation, key);
      return this.add(mutation, key);
    });
  }

  /** A key that has its handle. The ceiling applies to all that it holds. */
  async add(mutation: Mutation, key: ApiKey): Promise<CreatedApiKey> {
    const { tx, now } = mutation;
    await this.rules.assertMayBecome(mutation, key);
    const { text, digest } = generateKeySecret(key.id);
    const secret = newSecret(key, digest, now);
    await this.readable.keep(tx, secret, text);
    await this.keys.insert(tx, key, secret);
    await this.record(mutation, 'hub.apikey.create', key, {});
    // Nobody can have cached it; but a database restored to before it must not look like the one that has it.
    mutation.changed({ kind: 'key', id: key.id });
    return { key, secret: text };
  }

  update(
    principal: Principal,
    id: string,
    input: UpdateApiKeyDto,
    precondition = Precondition.NONE,
  ): Promise<ApiKeyWithUse> {
    return this.mutations.run(principal, 'api-keys-manage', async (mutation) => {
      const { key, role } = await this.rules.getTouchable(mutation, id);
      precondition.assertHolds(key);
      const before = keyFacts(key);
      const wasLastingRoot = isLastingRoot(key, role);
      applyEdit(key, input, mutation.now);
      const after = await this.rules.assertMayBecome(mutation, key);
      if (wasLastingRoot && !isLastingRoot(key, after)) {
        await this.rules.assertHubKeepsRoot(mutation, key, [key]);
      }
      await this.rules.assertNotLockedOut(mutation, key, after);
      await this.keys.update(mutation.tx, key);
      await this.record(mutation, 'hub.apikey.update', key, before);
      mutation.changed({ kind: 'key', id });
      const [withUse] = await this.keys.withUse(key.hubId, [key]);
      return withUse;
    });
  }

  /** The key and its tokens are dead at once; what it made too, when that is asked for: all of them or none. */
  delete(
    principal: Principal,
    id: string,
    fate: CreatedFate = 'keep',
    precondition = Precondition.NONE,
  ): Promise<DeletedApiKey> {
    return this.mutations.run(principal, 'api-keys-manage', async (mutation) => {
      const key = await this.rules.getKey(mutation, id);
      const created = await this.keys.madeBy(mutation.tx, key.hubId, id);
      const doomed = fate === 'revoke' ? [key, ...created] : [key];
      await this.rules.assertMayEnd(mutation, doomed);
      precondition.assertHolds(key);
      await this.endAll(mutation, doomed);
      const [withUse] = await this.keys.withUse(key.hubId, [key]);
      return { key: withUse, created };
    });
  }

  /** What a member made that has not ended, as it is afterwards: ended too if that is asked for, all of it or none. */
  async settleCreated(mutation: Mutation, accountId: string, fate: CreatedFate): Promise<readonly ApiKey[]> {
    const created = await this.keys.madeBy(mutation.tx, mutation.actor.hubId, accountId);
    if (fate === 'revoke') {
      await this.rules.assertMayEnd(mutation, created);
      await this.endAll(mutation, created);
    }
    return created;
  }

  /** Whether somebody can still get into the hub as root, as things stand in this transaction. */
  hasWayIn(mutation: Mutation): Promise<boolean> {
    return this.rules.hasAnotherWayIn(mutation, []);
  }

  /** The facts by which a key could act now, also about scopes, addresses and its end; null unless it is live. */
  async findStanding(
    tx: EntityManager,
    hubId: string,
    id: string,
    now: number,
  ): Promise<Pick<PrincipalRecord, 'role' | 'ips' | 'expiresAt' | 'scopes'> | null> {
    const key = await this.keys.find(hubId, id, tx);
    if (key?.state !== 'live' || (key.expiresAt !== null && key.expiresAt <= now)) {
      return null;
    }
    const role = await this.roles.findFacts(tx, hubId, key.roleId);
    const { scopes, expiresAt } = key;
    return role && { role, ips: key.ips && AddressList.parse(key.ips), expiresAt, scopes };
  }

  private async endAll(mutation: Mutation, doomed: readonly ApiKey[]): Promise<void> {
    for (const one of doomed) {
      await this.end(mutation, one);
    }
  }

  /** A tombstone from now on. Who calls has asked whether it may be ended. */
  async end(mutation: Mutation, key: ApiKey): Promise<void> {
    const before = keyFacts(key);
    endKey(key, mutation.now);
    await this.keys.update(mutation.tx, key);
    await this.readable.forget(mutation.tx, key);
    await this.record(mutation, 'hub.apikey.delete', key, before);
    mutation.changed({ kind: 'key', id: key.id });
  }

  private async record(mutation: Mutation, event: string, key: ApiKey, before: object): Promise<void> {
    await this.activity.recordChange(mutation, event, { type: 'api_key', id: key.id }, before, keyFacts(key));
  }
}
