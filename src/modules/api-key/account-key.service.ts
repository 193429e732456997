import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { authorize, type Mutation, Mutations, type Principal, scopeNames } from '../../access/index.js';
import { type ApiKey } from './api-key.entity.js';
import { ApiKeyNotFoundError } from './api-key.errors.js';
import { newKey } from './api-key.factory.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { KeyRules } from './api-key.rules.js';
import { ApiKeyService, type CreatedApiKey } from './api-key.service.js';
import { type CreateAccountApiKeyDto } from './dto/account-api-key.dto.js';
import { KeyHandles, readHandle } from './key-handles.js';
import { type KeyValues, ReadableSecrets } from './readable-secrets.js';

/** Keys, and the secrets of those among them that may be shown. */
export interface ShownKeys {
  readonly keys: readonly ApiKey[];
  readonly values: KeyValues;
}

/** Keys as the account contract knows them: named by their handle, and alike their maker. */
@Injectable()
export class AccountKeyService {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly service: ApiKeyService,
    private readonly rules: KeyRules,
    private readonly handles: KeyHandles,
    private readonly readable: ReadableSecrets,
    private readonly mutations: Mutations,
  ) {}

  /** Every key of the hub that has not ended, the oldest first. */
  list(principal: Principal): Promise<ShownKeys> {
    return this.shown(principal, (manager) => this.keys.listAll(principal.hubId, manager));
  }

  /** @throws ApiKeyNotFoundError also for another hub's key and for one that has ended */
  async get(principal: Principal, name: string): Promise<ShownKeys> {
    return this.shown(principal, async (manager) => [await this.find(principal, name, manager)]);
  }

  /** A key with all that its maker has, and no more. @throws HandleTakenError when another one is called so */
  create(principal: Principal, { name }: CreateAccountApiKeyDto): Promise<CreatedApiKey> {
    return this.mutations.run(principal, 'api-keys-manage', async (mutation) => {
      const { role, group, scopes } = mutation.actor.record;
      const grants = { role_id: role.id, group_id: group?.id ?? null, scopes: [...scopeNames(scopes)] };
      // Addresses and end are left out, so that the maker's own are passed on.
      const key = newKey(mutation, { name, ...grants });
      await this.handles.claim(mutation, key);
      return this.service.add(mutation, key);
    });
  }

  /** Refused from the next request on, by the same rules as at the management door. What it made goes on. */
  delete(principal: Principal, name: string): Promise<void> {
    return this.mutations.run(principal, 'api-keys-manage', async (mutation) => {
      const key = await this.find(mutation.actor, name, mutation.tx);
      await this.rules.assertMayEnd(mutation, [key]);
      await this.service.end(mutation, key);
    });
  }

  private async shown(
    principal: Principal,
    find: (manager?: EntityManager) => Promise<readonly ApiKey[]>,
  ): Promise<ShownKeys> {
    if (!(await this.readable.mayBeRevealedTo(principal))) {
      return { keys: await find(), values: new Map() };
    }
    return this.mutations.run(principal, 'api-keys-manage', async (mutation: Mutation) => {
      const keys = await find(mutation.tx);
      return { keys, values: await this.readable.reveal(mutation, keys) };
    });
  }

  private async find(principal: Principal, name: string, manager?: EntityManager): Promise<ApiKey> {
    const handle = readHandle(name);
    const key = handle && (await this.keys.findByHandle(principal.hubId, handle.handleKey, manager));
    if (!key) {
      throw new ApiKeyNotFoundError();
    }
    authorize(principal, 'read', key);
    return key;
  }
}
