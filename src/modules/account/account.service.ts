import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Creator, Mutations, PLATFORM } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { emailKey, isEmailAddress } from '../../common/email.js';
import { Database, uniqueOr } from '../../database/index.js';
import { type Account } from './account.entity.js';
import { AccountNotFoundError, EmailInvalidError, EmailTakenError } from './account.errors.js';
import {
  clearSecondFactor,
  type NewAccount,
  newAccount,
  newOneTimePassword,
  setOneTimePassword,
  verifyEmail,
} from './account.factory.js';
import { AccountRepository } from './account.repository.js';
import { PublicAccountResponse } from './dto/public-account.response.js';
import { PasswordHasher } from './password-hasher.js';
import { SessionService } from './session.service.js';

/** A password that was just made: `text` is shown once, `hash` is stored. */
export interface OneTimePassword {
  readonly text: string;
  readonly hash: string;
}

/** Accounts, for other modules and for the command line. What their owners do with them is elsewhere. */
@Injectable()
export class AccountService {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly sessions: SessionService,
    private readonly hasher: PasswordHasher,
    private readonly mutations: Mutations,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Live accounts, in the order of their making. For the command line. */
  list(): Promise<Account[]> {
    return this.accounts.list();
  }

  /** Null also for a deleted account, whose address is free again. Text that is no address finds nobody. */
  findByEmail(email: string, tx?: EntityManager): Promise<Account | null> {
    return isEmailAddress(email) ? this.accounts.findByEmailKey(emailKey(email), tx) : Promise.resolve(null);
  }

  findByEmailKey(key: string, tx?: EntityManager): Promise<Account | null> {
    return this.accounts.findByEmailKey(key, tx);
  }

  /** Deleted ones too: they are still who did what they did. */
  findByIds(ids: readonly string[], tx?: EntityManager): Promise<Account[]> {
    return this.accounts.findMany([...new Set(ids)], tx);
  }

  /** As members of these hubs may see them: of who is in none of them (any more), who it is and not what they do now. */
  async findPublic(hubIds: readonly string[], ids: readonly string[]): Promise<PublicAccountResponse[]> {
    const accounts = await this.findByIds(ids);
    const members = await this.accounts.membersAmong(hubIds, ids);
    return accounts.map((account) => PublicAccountResponse.from(account, members.has(account.id)));
  }

  /** @throws EmailInvalidError, and EmailTakenError also for the later of two who make it at once */
  async create(tx: EntityManager, input: NewAccount, creator: Creator, password?: OneTimePassword): Promise<Account> {
    if (!isEmailAddress(input.email)) {
      throw new EmailInvalidError();
    }
    const now = this.clock.now();
    const account = newAccount(input, creator, now);
    if (password) {
      setOneTimePassword(account, password.hash, now);
    }
    const insert = () => this.accounts.insert(tx, account);
    await uniqueOr('uq_account_email', insert, () => new EmailTakenError(account.email));
    return account;
  }

  /** As the command line makes one, with a one-time password. */
  async createWithPassword(input: NewAccount): Promise<{ account: Account; password: string }> {
    const password = await this.newPassword();
    const account = await this.database.transaction((tx) => this.create(tx, input, PLATFORM, password));
    return { account, password: password.text };
  }

  /** Made before a transaction, because hashing takes a while. */
  async newPassword(): Promise<OneTimePassword> {
    const text = newOneTimePassword();
    return { text, hash: await this.hasher.hash(text) };
  }

  /** The address was proved by who has an account with it. */
  async markVerified(tx: EntityManager, id: string): Promise<void> {
    const account = await this.accounts.lock(tx, id);
    if (account) {
      verifyEmail(account, this.clock.now());
      await this.accounts.update(tx, account);
    }
  }

  /** The address counts as proved, because whoever owns the database says so. */
  verify(email: string): Promise<Account> {
    return this.change(email, (account, now) => Promise.resolve(verifyEmail(account, now)));
  }

  /** A new one-time password; whoever was signed in is no more. */
  async resetPassword(email: string): Promise<{ account: Account; password: string }> {
    const { text, hash } = await this.newPassword();
    const account = await this.change(email, async (found, now, tx) => {
      setOneTimePassword(found, hash, now);
      await this.sessions.endAllOf(tx, found.id, now);
    });
    return { account, password: text };
  }

  /** For whoever lost device and recovery codes; whoever was signed in is no more. */
  resetSecondFactor(email: string): Promise<Account> {
    return this.change(email, async (account, now, tx) => {
      clearSecondFactor(account, now);
      await this.sessions.endAllOf(tx, account.id, now);
    });
  }

  private change(
    email: string,
    edit: (account: Account, now: number, tx: EntityManager) => Promise<void>,
  ): Promise<Account> {
    return this.mutations.announced(PLATFORM.id, async (tx, changed) => {
      const found = await this.findByEmail(email, tx);
      const account = found && (await this.accounts.lock(tx, found.id));
      if (account?.state !== 'live') {
        throw new AccountNotFoundError(`There is no account with the address "${email.slice(0, 254)}".`);
      }
      await edit(account, this.clock.now(), tx);
      await this.accounts.update(tx, account);
      changed({ kind: 'account', id: account.id });
      return account;
    });
  }
}
