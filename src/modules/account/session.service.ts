import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type AccountMutation, type AccountPrincipal, generateSecret, Mutations } from '../../access/index.js';
import { newId } from '../../common/ids.js';
import { Clock } from '../../common/clock.js';
import { Config } from '../../config/index.js';
import { type Account } from './account.entity.js';
import { SessionNotFoundError } from './account.errors.js';
import { AccountLog } from './account-log.js';
import { AccountSession } from './account-session.entity.js';
import { AccountSessionRepository } from './account-session.repository.js';
import { type Client } from './client.decorator.js';

const SECOND_MS = 1000;
/** More than anybody has devices; the oldest beyond it is ended by the next sign-in. */
const LIVE_MAX = 100;

/** A session that was just made, with the only copy of its token. */
export interface NewSession {
  readonly token: string;
  readonly session: AccountSession;
}

/** Who is signed in. What ends a session ends it on every node within a second: its caller tells the change feed. */
@Injectable()
export class SessionService {
  constructor(
    private readonly sessions: AccountSessionRepository,
    private readonly mutations: Mutations,
    private readonly config: Config,
    private readonly log: AccountLog,
    private readonly clock: Clock,
  ) {}

  /** The live sessions of whoever asks, the newest first. */
  list({ session }: AccountPrincipal): Promise<AccountSession[]> {
    return this.sessions.listLive(session.accountId, this.clock.now());
  }

  /** A session of an account that has proved who it is. */
  async begin(
    tx: EntityManager,
    account: Account,
    client: Client,
    secondFactor: boolean,
    now: number,
  ): Promise<NewSession> {
    const live = await this.sessions.listLive(account.id, now, tx);
    await this.endAll(tx, live.slice(LIVE_MAX - 1), now);
    const id = newId(now);
    const { text, digest } = generateSecret('session', id);
    const session = Object.assign(new AccountSession(), {
      id,
      accountId: account.id,
      digest,
      secondFactor,
      passwordOnce: account.passwordOnce,
      address: client.address,
      userAgent: client.userAgent,
      createdAt: now,
      expiresAt: now + this.config.sessionTtlSeconds * SECOND_MS,
      endedAt: null,
      lastUsedAt: null,
      lastUsedAddress: null,
    });
    await this.sessions.insert(tx, session);
    return { token: text, session };
  }

  /** Ends the session that asks. */
  logout(account: AccountPrincipal): Promise<AccountSession> {
    return this.end(account, account.session.sessionId, 'account.logout');
  }

  /** @throws SessionNotFoundError alike for one that has ended, is somebody else's, or never was */
  async end(
    account: AccountPrincipal,
    id: string,
    event: 'account.logout' | 'account.sessions.ended' = 'account.sessions.ended',
  ): Promise<AccountSession> {
    const [ended] = await this.endSome(account, event, (session) => session.id === id);
    if (!ended) {
      throw new SessionNotFoundError();
    }
    return ended;
  }

  /** Ends all but the one that asks. */
  endOthers(account: AccountPrincipal): Promise<AccountSession[]> {
    const own = account.session.sessionId;
    return this.endSome(account, 'account.sessions.ended', ({ id }) => id !== own);
  }

  /** In the transaction of a change that signs its account out everywhere, or everywhere else. */
  async endAllOf(tx: EntityManager, accountId: string, now: number, exceptId?: string): Promise<void> {
    const live = await this.sessions.listLive(accountId, now, tx);
    await this.endAll(
      tx,
      live.filter(({ id }) => id !== exceptId),
      now,
    );
  }

  /** From now on it counts as one that proved the second factor. */
  promote({ tx, account }: AccountMutation): Promise<void> {
    return this.sessions.promote(tx, account.session.accountId, account.session.sessionId);
  }

  private async endSome(
    account: AccountPrincipal,
    event: 'account.logout' | 'account.sessions.ended',
    which: (session: AccountSession) => boolean,
  ): Promise<AccountSession[]> {
    const { accountId } = account.session;
    const ended = await this.mutations.runForAccount(account, async ({ tx, now, changed }) => {
      const chosen = (await this.sessions.listLive(accountId, now, tx)).filter(which);
      await this.endAll(tx, chosen, now);
      if (chosen.length > 0) {
        changed({ kind: 'account', id: accountId });
      }
      return chosen;
    });
    this.log.write(event, accountId, account.address?.text ?? null, { sessions: ended.length });
    return ended;
  }

  private async endAll(tx: EntityManager, sessions: readonly AccountSession[], now: number): Promise<void> {
    for (const session of sessions) {
      await this.sessions.end(tx, session.id, now);
    }
  }
}
