import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Database } from '../../database/index.js';
import { Account } from './account.entity.js';

@Injectable()
export class AccountRepository {
  constructor(private readonly database: Database) {}

  /** Deleted accounts too. */
  find(id: string, manager: EntityManager = this.database.reader): Promise<Account | null> {
    return manager.findOneBy(Account, { id });
  }

  findMany(ids: readonly string[], manager: EntityManager = this.database.reader): Promise<Account[]> {
    return ids.length === 0 ? Promise.resolve([]) : manager.findBy(Account, { id: In([...ids]) });
  }

  /** Those of these that are members of one of the hubs now. By table name: memberships are a module's above this one. */
  async membersAmong(hubIds: readonly string[], ids: readonly string[]): Promise<Set<string>> {
    if (hubIds.length === 0 || ids.length === 0) {
      return new Set();
    }
    const marks = (values: readonly string[]) => values.map(() => '?').join(', ');
    const sql = `SELECT member_id AS id FROM membership
      WHERE hub_id IN (${marks(hubIds)}) AND member_id IN (${marks(ids)})`;
    const rows = await this.database.query<{ id: string }>(sql, [...hubIds, ...ids]);
    return new Set(rows.map(({ id }) => id));
  }

  /** A deleted account has no key any more. */
  findByEmailKey(emailKey: string, manager: EntityManager = this.database.reader): Promise<Account | null> {
    return manager.findOneBy(Account, { emailKey });
  }

  list(): Promise<Account[]> {
    return this.database.reader.find(Account, { where: { state: 'live' }, order: { id: 'ASC' } });
  }

  /** As it is now; until the transaction ends nobody else changes it. */
  async lock(tx: EntityManager, id: string): Promise<Account | null> {
    await tx.query(`SELECT id FROM account WHERE id = ?${this.database.forUpdate}`, [id]);
    return this.find(id, tx);
  }

  async insert(tx: EntityManager, account: Account): Promise<void> {
    await tx.insert(Account, account);
  }

  async update(tx: EntityManager, { id, ...columns }: Account): Promise<void> {
    await tx.update(Account, { id }, columns);
  }
}
