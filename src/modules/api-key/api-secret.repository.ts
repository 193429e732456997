import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, MoreThan, Not } from 'typeorm';
import { isId } from '../../common/ids.js';
import { Database } from '../../database/index.js';
import { type ApiKey } from './api-key.entity.js';
import { ApiSecret } from './api-secret.entity.js';

/** Fewer than any database takes as parameters of one statement. */
const IDS_AT_ONCE = 500;

/** A secret that can be read by whoever has the key for it. */
export type SealedSecret = Pick<ApiSecret, 'id' | 'hubId' | 'keyId'> & { readonly sealed: Buffer };

@Injectable()
export class ApiSecretRepository {
  constructor(private readonly database: Database) {}

  /** All that the key ever had, the oldest first. */
  list(hubId: string, keyId: string, manager: EntityManager = this.database.reader): Promise<ApiSecret[]> {
    return manager.find(ApiSecret, { where: { hubId, keyId }, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  /** Those of these keys that have not ended, the oldest first. */
  async findLive(hubId: string, keyIds: readonly string[], now: number): Promise<ApiSecret[]> {
    if (keyIds.length === 0) {
      return [];
    }
    const ofKeys = { hubId, keyId: In([...keyIds]), ended: false };
    return this.database.reader.find(ApiSecret, {
      where: [
        { ...ofKeys, endsAt: IsNull() },
        { ...ofKeys, endsAt: MoreThan(now) },
      ],
      order: { createdAt: 'ASC', id: 'ASC' },
    });
  }

  /** A malformed id finds nothing, on every database. */
  async find(tx: EntityManager, { hubId, id: keyId }: ApiKey, id: string): Promise<ApiSecret | null> {
    return isId(id) ? tx.findOneBy(ApiSecret, { hubId, keyId, id }) : null;
  }

  async insert(tx: EntityManager, secret: ApiSecret): Promise<void> {
    await tx.insert(ApiSecret, secret);
  }

  /** What has an end is on its way out: nobody reads it from now on. */
  async setEnd(tx: EntityManager, { hubId, id, endsAt, ended }: ApiSecret): Promise<void> {
    await tx.update(ApiSecret, { hubId, id }, { endsAt, ended, sealed: null });
  }

  /** Of these keys, the secrets that last as long as their key and can be read. */
  async findSealed(tx: EntityManager, hubId: string, keyIds: readonly string[]): Promise<SealedSecret[]> {
    const found: ApiSecret[] = [];
    for (let start = 0; start < keyIds.length; start += IDS_AT_ONCE) {
      const keyId = In(keyIds.slice(start, start + IDS_AT_ONCE));
      const where = { hubId, keyId, sealed: Not(IsNull()), endsAt: IsNull(), ended: false };
      found.push(
        ...(await tx.find(ApiSecret, { select: { id: true, hubId: true, keyId: true, sealed: true }, where })),
      );
    }
    return found.flatMap(({ id, keyId, sealed }) => (sealed ? [{ id, hubId, keyId, sealed }] : []));
  }

  /** Nobody reads a secret of this key any more. */
  async forget(tx: EntityManager, { hubId, id: keyId }: ApiKey): Promise<void> {
    await tx.update(ApiSecret, { hubId, keyId, sealed: Not(IsNull()) }, { sealed: null });
  }
}
