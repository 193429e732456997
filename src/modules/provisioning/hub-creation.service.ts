import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import {
  type AccountMutation,
  type AccountPrincipal,
  type Caller,
  founderOf,
  isAccount,
  makerOf,
  type Mutation,
  Mutations,
  type Principal,
} from '../../access/index.js';
import { Config } from '../../config/index.js';
import { ApiKeyService, type CreatedApiKey, HubKeys } from '../api-key/index.js';
import { type CreateHubDto, type Hub, HubService } from '../hub/index.js';
import { HubMembers, MembershipRecorder, newMember } from '../member/index.js';
import { type Role } from '../role/index.js';
import { HubMaker } from './hub-maker.js';
import { AddressNotVerifiedError, HubCreationRefusedError, TooManyHubsError } from './provisioning.errors.js';

/** How many hubs an account can be root of when it makes another one. */
export const HUBS_PER_ACCOUNT_MAX = 20;

/** A hub that was just made at the door; a key also gets the new hub's owner key, as it cannot be in two hubs. */
export interface MadeHub {
  readonly hub: Hub;
  readonly ownerKey: CreatedApiKey | null;
}

interface Founded {
  readonly hub: Hub;
  readonly role: Role;
  readonly founder: Principal;
}

/** Makes hubs for those whom the server setting HUB_CREATION lets; whoever makes one becomes its root. */
@Injectable()
export class HubCreation {
  constructor(
    private readonly config: Config,
    private readonly hubs: HubService,
    private readonly keys: ApiKeyService,
    private readonly hubKeys: HubKeys,
    private readonly members: HubMembers,
    private readonly memberships: MembershipRecorder,
    private readonly maker: HubMaker,
    private readonly mutations: Mutations,
  ) {}

  /**
   * All of it or nothing; decided on the caller as it is inside the transaction.
   * @throws HubCreationRefusedError, AddressNotVerifiedError, TooManyHubsError
   */
  create(caller: Caller, input: CreateHubDto): Promise<MadeHub> {
    const setting = this.config.hubCreation;
    if (setting === 'off' || (setting === 'root-keys' && isAccount(caller))) {
      throw new HubCreationRefusedError(setting);
    }
    return isAccount(caller) ? this.createForPerson(caller, input) : this.createForKey(caller, input);
  }

  /** The account's row is locked, so two at once cannot both be the last that is allowed. */
  private createForPerson(person: AccountPrincipal, input: CreateHubDto): Promise<MadeHub> {
    return this.mutations.runForAccount(person, async (mutation) => {
      const { tx, now, account } = mutation;
      await this.assertMayHaveMore(mutation);
      const { hub, role, founder } = await this.found(tx, now, account, input);
      const { accountId, email } = account.session;
      const joining = { hubId: hub.id, roleId: role.id, recipient: email };
      const member = newMember(joining, accountId, makerOf(account), now);
      await this.memberships.created({ tx, actor: founder, now }, member);
      mutation.changed({ kind: 'account', id: accountId });
      return { hub, ownerKey: null };
    });
  }

  private createForKey(principal: Principal, input: CreateHubDto): Promise<MadeHub> {
    return this.mutations.runFor(principal, async (mutation: Mutation) => {
      if (!(await this.hubKeys.isRootOfServer(mutation))) {
        throw new HubCreationRefusedError(this.config.hubCreation);
      }
      const { tx, now, actor } = mutation;
      const { hub, role, founder } = await this.found(tx, now, actor, input);
      return { hub, ownerKey: await this.keys.create(founder, { name: 'Owner', role_id: role.id }) };
    });
  }

  private async found(tx: EntityManager, now: number, caller: Caller, input: CreateHubDto): Promise<Founded> {
    const hub = await this.hubs.create(tx, input.name, makerOf(caller), input.identifier);
    const founder = founderOf(hub.id, caller);
    return { hub, founder, role: await this.maker.complete({ tx, actor: founder, now }, hub) };
  }

  private async assertMayHaveMore(mutation: AccountMutation): Promise<void> {
    const { verified, accountId } = mutation.account.session;
    if (!verified) {
      throw new AddressNotVerifiedError();
    }
    if ((await this.members.countRootOf(mutation, accountId)) >= HUBS_PER_ACCOUNT_MAX) {
      throw new TooManyHubsError(HUBS_PER_ACCOUNT_MAX);
    }
  }
}
