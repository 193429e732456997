import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan, Not } from 'typeorm';
import { Database } from '../../database/index.js';
import { AccountSession } from './account-session.entity.js';

/** Sessions that are looked at to tell from where an account was used. Few, or a long history would take longer to read. */
const RECENT = 20;

@Injectable()
export class AccountSessionRepository {
  constructor(private readonly database: Database) {}

  async insert(tx: EntityManager, session: AccountSession): Promise<void> {
    await tx.insert(AccountSession, session);
  }

  /** The live ones, the newest first. */
  listLive(accountId: string, now: number, manager: EntityManager = this.database.reader): Promise<AccountSession[]> {
    const where = { accountId, endedAt: IsNull(), expiresAt: MoreThan(now) };
    return manager.find(AccountSession, { where, order: { id: 'DESC' } });
  }

  /** Addresses from which the account signed in lately, one for each session. */
  async recentAddresses(accountId: string): Promise<string[]> {
    const sessions = await this.database.reader.find(AccountSession, {
      select: { id: true, address: true },
      where: { accountId, address: Not(IsNull()) },
      order: { id: 'DESC' },
      take: RECENT,
    });
    return sessions.flatMap(({ address }) => (address === null ? [] : [address]));
  }

  async end(tx: EntityManager, id: string, now: number): Promise<void> {
    await tx.update(AccountSession, { id }, { endedAt: now });
  }

  async promote(tx: EntityManager, accountId: string, id: string): Promise<void> {
    await tx.update(AccountSession, { id, accountId }, { secondFactor: true });
  }

  async demoteAll(tx: EntityManager, accountId: string): Promise<void> {
    await tx.update(AccountSession, { accountId }, { secondFactor: false });
  }

  /** Removes sessions that are over since before then; resolves to how many, at most `limit`. */
  async removeOver(before: number, limit: number): Promise<number> {
    const sql = 'SELECT id FROM account_session WHERE expires_at < ? ORDER BY expires_at LIMIT ?';
    const over = await this.database.query<{ id: string }>(sql, [before, limit]);
    if (over.length > 0) {
      await this.database.transaction((tx) =>
        tx.delete(
          AccountSession,
          over.map(({ id }) => id),
        ),
      );
    }
    return over.length;
  }
}
