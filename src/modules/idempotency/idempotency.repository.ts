import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database, isUniqueViolation } from '../../database/index.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  find(tx: EntityManager, digest: Buffer): Promise<IdempotencyRecord | null> {
    return tx.findOneBy(IdempotencyRecord, { digest });
  }

  /**
   * False when there is one already. While another transaction is about to commit or roll back the same one, a server
   * makes this wait for it.
   */
  async insert(tx: EntityManager, record: IdempotencyRecord): Promise<boolean> {
    try {
      await tx.insert(IdempotencyRecord, record);
      return true;
    } catch (error) {
      if (isUniqueViolation(error, 'pk_idempotency_record')) {
        return false;
      }
      throw error;
    }
  }

  async update(tx: EntityManager, { digest, ...columns }: IdempotencyRecord): Promise<void> {
    await tx.update(IdempotencyRecord, { digest }, columns);
  }

  async remove(tx: EntityManager, digest: Buffer): Promise<void> {
    await tx.delete(IdempotencyRecord, { digest });
  }

  /** Removes records made before that moment, at most `limit`. Returns how many. */
  async removeOlder(before: number, limit: number): Promise<number> {
    const sql = `SELECT digest FROM idempotency_record WHERE created_at < ? ORDER BY created_at LIMIT ${limit}`;
    return this.forEachDigest(sql, before, 'DELETE FROM idempotency_record WHERE digest IN');
  }

  /** Destroys what was to be kept sealed until that moment or before, of at most `limit` records. Returns of how many. */
  async forgetSealed(now: number, limit: number): Promise<number> {
    const sql = `SELECT digest FROM idempotency_record WHERE sealed_until <= ? ORDER BY sealed_until LIMIT ${limit}`;
    const forget = 'UPDATE idempotency_record SET sealed_body = NULL, sealed_until = NULL WHERE digest IN';
    return this.forEachDigest(sql, now, forget);
  }

  private async forEachDigest(select: string, moment: number, statement: string): Promise<number> {
    const found = await this.database.query<{ digest: Uint8Array }>(select, [moment]);
    if (found.length > 0) {
      const digests = found.map(({ digest }) => Buffer.from(digest));
      const marks = digests.map(() => '?').join(', ');
      await this.database.transaction((tx) => tx.query(`${statement} (${marks})`, digests));
    }
    return found.length;
  }
}
