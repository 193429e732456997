import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { PLATFORM, platformPrincipal, type Principal, recordChanges } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { isEmailAddress } from '../../common/email.js';
import { Database } from '../../database/index.js';
import { type Account, AccountService, EmailInvalidError, type OneTimePassword } from '../account/index.js';
import { ApiKeyService, type CreatedApiKey } from '../api-key/index.js';
import { type Hub, HubService } from '../hub/index.js';
import { InstallationService } from '../installation/index.js';
import { MembershipRecorder, newMember } from '../member/index.js';
import { type Role } from '../role/index.js';
import { HubMaker } from './hub-maker.js';

/** A hub that was just made, with the only copy of its owner key's secret. */
export interface BootstrappedHub extends CreatedApiKey {
  readonly hub: Hub;
  /** The account that owns the hub, when one was asked for. */
  readonly owner: HubOwner | null;
}

export interface HubOwner {
  readonly account: Account;
  /** Shown once; null when the account was there before. */
  readonly password: string | null;
}

/** Who shall own a hub, and the password in case the account has to be made. */
interface WantedOwner {
  readonly email: string;
  readonly password: OneTimePassword;
}

/** Makes hubs: all of one or nothing, one after the other, also when several processes try at once. */
@Injectable()
export class ProvisioningService {
  constructor(
    private readonly installation: InstallationService,
    private readonly database: Database,
    private readonly hubs: HubService,
    private readonly keys: ApiKeyService,
    private readonly accounts: AccountService,
    private readonly memberships: MembershipRecorder,
    private readonly maker: HubMaker,
    private readonly clock: Clock,
  ) {}

  /**
   * A hub with its default roles and an owner key; with an address, the account behind it owns the hub too and is made
   * if there is none.
   * @throws HubNameTakenError also for the loser of two who make the same name at once; nothing of it is written
   */
  async bootstrap(name: string, ownerEmail?: string): Promise<BootstrappedHub> {
    const owner = ownerEmail === undefined ? null : await this.wantedOwner(ownerEmail);
    return this.alone((tx) => this.make(tx, name, owner));
  }

  /** The first hub of a new installation; null if there is (or was) one. Of two servers that start at once, one makes it. */
  bootstrapIfEmpty(name: string): Promise<BootstrappedHub | null> {
    return this.alone(async (tx) => ((await this.hubs.isEmpty()) ? this.make(tx, name, null) : null));
  }

  /**
   * The only hub, if no key of it was ever used: its owner key may have been lost with a process that ended between
   * making and showing it. By table name, as keys are another module's.
   */
  async findUntouchedHub(): Promise<Hub | null> {
    const [hub, ...others] = await this.hubs.list();
    if (!hub || others.length > 0) {
      return null;
    }
    const sql = 'SELECT id FROM api_secret WHERE hub_id = ? AND last_used_at IS NOT NULL LIMIT 1';
    const used = await this.database.query(sql, [hub.id]);
    return used.length > 0 ? null : hub;
  }

  /** Holds the installation's row, so that no other maker of hubs is between its look and its commit. */
  private async alone<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    await this.installation.get();
    return this.database.transaction(async (tx) => {
      await this.installation.lock(tx);
      return work(tx);
    });
  }

  private async make(tx: EntityManager, name: string, wanted: WantedOwner | null): Promise<BootstrappedHub> {
    const now = this.clock.now();
    const hub = await this.hubs.createUnique(tx, name, PLATFORM);
    const platform = platformPrincipal(hub.id);
    const role = await this.maker.complete({ tx, actor: platform, now }, hub);
    const { key, secret } = await this.keys.create(platform, { name: 'Owner', role_id: role.id });
    const owner = wanted && (await this.addOwner(tx, platform, role, wanted));
    return { hub, key, secret, owner };
  }

  /** Before the transaction, which must not wait for a hash. */
  private async wantedOwner(email: string): Promise<WantedOwner> {
    if (!isEmailAddress(email)) {
      throw new EmailInvalidError();
    }
    return { email, password: await this.accounts.newPassword() };
  }

  private async addOwner(
    tx: EntityManager,
    platform: Principal,
    role: Role,
    { email, password }: WantedOwner,
  ): Promise<HubOwner> {
    const now = this.clock.now();
    const there = await this.accounts.findByEmail(email, tx);
    const input = { email, firstName: '', lastName: '', verified: true };
    const account = there ?? (await this.accounts.create(tx, input, PLATFORM, password));
    const joining = { hubId: role.hubId, roleId: role.id, recipient: account.email };
    const change = { tx, actor: platform, now };
    await this.memberships.created(change, newMember(joining, account.id, PLATFORM, now));
    // Who is signed in already is at home here from now on.
    await recordChanges(tx, role.hubId, [{ kind: 'account', id: account.id }], now);
    return { account, password: there ? null : password.text };
  }
}
