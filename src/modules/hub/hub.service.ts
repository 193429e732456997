import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import {
  type Caller,
  type Creator,
  holdsCapability,
  isAccount,
  MissingCapabilityError,
  type Mutation,
  Mutations,
  OwnDomains,
  type Principal,
} from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { isName, nameKey } from '../../common/name-key.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { slug } from '../../common/slug.js';
import { bornOf } from '../../database/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { type UpdateHubDto } from './dto/hub.dto.js';
import { applyEdit, hubFacts } from './hub-edit.js';
import { Hub, type HubState } from './hub.entity.js';
import {
  ForceSecondFactorByKeyError,
  HubNameInvalidError,
  HubNameTakenError,
  HubNotFoundError,
  ProveSecondFactorError,
} from './hub.errors.js';
import { type HubSecurity, securityOf } from './hub-security.js';
import { HubRepository } from './hub.repository.js';

@Injectable()
export class HubService {
  constructor(
    private readonly hubs: HubRepository,
    private readonly mutations: Mutations,
    private readonly domains: OwnDomains,
    private readonly activity: ActivityRecorder,
    private readonly clock: Clock,
  ) {}

  /** As it is inside the transaction, if one is given. @throws HubNotFoundError also for one that is (being) deleted */
  async get(id: string, tx?: EntityManager): Promise<Hub> {
    const hub = await this.hubs.find(id, tx);
    if (!hub) {
      throw new HubNotFoundError();
    }
    return hub;
  }

  /** Every hub that is not deleted, in the order of their making. For the command line. */
  list(): Promise<Hub[]> {
    return this.hubs.list();
  }

  /** Also one that is being deleted. For the command line. @throws HubNotFoundError */
  async getUndeleted(id: string): Promise<Hub> {
    const hub = await this.hubs.findUndeleted(id);
    if (!hub) {
      throw new HubNotFoundError();
    }
    return hub;
  }

  /** The hubs of a person, also those that are switched off; of a key its own. */
  listFor(caller: Caller, query: ResourceQuery): Promise<Hub[]> {
    return isAccount(caller)
      ? this.hubs.listOfAccount(caller.session.accountId, query)
      : this.hubs.listOne(caller.hubId, query);
  }

  /** Those of these that are not (being) deleted. */
  findMany(ids: readonly string[]): Promise<Hub[]> {
    return this.hubs.findMany(ids);
  }

  /** Whether the hub lets anybody in, as it is inside this transaction. */
  async isLive(tx: EntityManager, id: string): Promise<boolean> {
    return (await this.hubs.find(id, tx))?.state === 'live';
  }

  /** What the hub demands, as it is inside this transaction. */
  async security(tx: EntityManager, hubId: string): Promise<HubSecurity> {
    return securityOf((await this.get(hubId, tx)).security);
  }

  /** @throws LockOutError where `require_domain` would shut out who asks, unless it is forced */
  update(principal: Principal, input: UpdateHubDto, force = false): Promise<Hub> {
    return this.mutations.run(principal, 'hubs-update', (mutation) =>
      this.change(mutation, async (hub) => {
        if (input.security?.force_2fa === true && !securityOf(hub.security).force_2fa) {
          await this.assertMayForceSecondFactor(mutation);
        }
        if (input.security?.require_domain === true && !securityOf(hub.security).require_domain && !force) {
          await this.domains.assertKeeps(mutation.tx, mutation.actor, '/security/require_domain');
        }
        await this.changeReadability(mutation, hub, input.security?.readable_secrets);
        applyEdit(hub, input);
        // Name and demands are part of what is cached of every caller.
        mutation.changed({ kind: 'hub', id: hub.id });
      }),
    );
  }

  /** A hub that is not live lets nobody in: none of its keys and tokens, on any node, within a second. */
  setState(principal: Principal, state: 'live' | 'inactive'): Promise<Hub> {
    return this.mutations.run(principal, 'hubs-update', (mutation) =>
      this.change(mutation, (hub) => move(hub, state, mutation)),
    );
  }

  /** From its commit on nobody gets in. What is in the hub can then be ended at leisure. */
  async beginDeletion(mutation: Mutation, annotations: Readonly<Record<string, unknown>>): Promise<void> {
    const hub = await this.get(mutation.actor.hubId, mutation.tx);
    await this.moveOn(mutation, hub, 'deleting', annotations);
  }

  /** Whether its deletion has begun and not ended. */
  async isDeleting(tx: EntityManager, id: string): Promise<boolean> {
    return (await this.hubs.findDeleting(tx, id)) !== null;
  }

  /** Its row stays for the audit. */
  async endDeletion(mutation: Mutation): Promise<void> {
    const hub = await this.hubs.findDeleting(mutation.tx, mutation.actor.hubId);
    if (hub) {
      hub.deletedAt = mutation.now;
      await this.moveOn(mutation, hub, 'deleted', {});
    }
  }

  /**
   * Makes a hub whose name no other one has. For a transaction that excludes other makers (the caller holds the
   * installation's row). @throws HubNameTakenError
   */
  async createUnique(tx: EntityManager, name: string, creator: Creator): Promise<Hub> {
    if (await this.hubs.findByNameKey(nameKey(name), tx)) {
      throw new HubNameTakenError(name);
    }
    return this.create(tx, name, creator);
  }

  /** Names and identifiers of hubs need not be unique: nobody learns of a hub that is not theirs. */
  async create(tx: EntityManager, name: string, creator: Creator, identifier: string = slug(name)): Promise<Hub> {
    if (!isName(name)) {
      throw new HubNameInvalidError();
    }
    const hub = newHub(name.trim(), identifier, creator, this.clock.now());
    await this.hubs.insert(tx, hub);
    return hub;
  }

  /** True until the first hub is made. */
  async isEmpty(): Promise<boolean> {
    return (await this.hubs.count()) === 0;
  }

  takeListNumber(tx: EntityManager, hubId: string): Promise<number> {
    return this.hubs.takeListNumber(tx, hubId);
  }

  private async change(mutation: Mutation, edit: (hub: Hub) => void | Promise<void>): Promise<Hub> {
    const hub = await this.get(mutation.actor.hubId, mutation.tx);
    const before = hubFacts(hub);
    await edit(hub);
    hub.updatedAt = mutation.now;
    await this.hubs.update(mutation.tx, hub);
    await this.activity.recordChange(mutation, 'hub.update', { type: 'hub', id: hub.id }, before, hubFacts(hub));
    return hub;
  }

  private async assertMayForceSecondFactor({ tx, actor }: Mutation): Promise<void> {
    const { subjectType, credentialId, role } = actor.record;
    if (subjectType === 'account' && !(await this.hubs.hasSecondFactor(tx, credentialId))) {
      throw new ProveSecondFactorError();
    }
    if (subjectType === 'api-key' && !role.root) {
      throw new ForceSecondFactorByKeyError();
    }
  }

  /** Who lets secrets be read must be one who may read them; what was kept until now goes with the setting. */
  private async changeReadability({ tx, actor }: Mutation, hub: Hub, wanted: boolean | undefined): Promise<void> {
    if (wanted === true && !securityOf(hub.security).readable_secrets) {
      if (!holdsCapability(actor.record.role.capabilities, 'api-keys-reveal')) {
        throw new MissingCapabilityError('api-keys-reveal');
      }
    }
    if (wanted === false) {
      await this.hubs.forgetSecrets(tx, hub.id);
    }
  }

  private async moveOn(
    mutation: Mutation,
    hub: Hub,
    state: HubState,
    annotations: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const { tx, actor, now } = mutation;
    const changes = { state: { before: hub.state, after: state } };
    move(hub, state, mutation);
    hub.updatedAt = now;
    await this.hubs.update(tx, hub);
    const component = { type: 'hub', id: hub.id };
    await this.activity.record(tx, actor, now, { event: 'hub.task.delete', component, changes, annotations });
  }
}

function move(hub: Hub, state: HubState, mutation: Mutation): void {
  if (hub.state !== state) {
    Object.assign(hub, { state, stateChangedAt: mutation.now });
    mutation.changed({ kind: 'hub', id: hub.id });
  }
}

function newHub(name: string, identifier: string, creator: Creator, now: number): Hub {
  return Object.assign(new Hub(), {
    id: newId(now),
    identifier,
    name,
    nameKey: nameKey(name),
    state: 'live',
    stateChangedAt: now,
    security: {},
    lastListNumber: 0,
    ...bornOf(creator, now),
  });
}
