import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, Not } from 'typeorm';
import { PLATFORM } from '../../access/index.js';
import { ApiKey } from './api-key.entity.js';
import { ApiSecret } from './api-secret.entity.js';

/** What is asked of all keys of a hub together, always inside a transaction. */
@Injectable()
export class HubKeyRepository {
  isOfServer(tx: EntityManager, hubId: string, id: string): Promise<boolean> {
    return tx.existsBy(ApiKey, { hubId, id, creatorType: PLATFORM.type, deletedAt: IsNull() });
  }

  countOthers(tx: EntityManager, hubId: string, id: string): Promise<number> {
    return tx.countBy(ApiKey, { hubId, id: Not(id), deletedAt: IsNull() });
  }

  findSome(tx: EntityManager, hubId: string, limit: number): Promise<ApiKey[]> {
    return tx.find(ApiKey, { where: { hubId, deletedAt: IsNull() }, order: { id: 'ASC' }, take: limit });
  }

  /** Those that have ended by themselves keep their end. */
  async endSecrets(tx: EntityManager, { hubId, id }: ApiKey, now: number): Promise<void> {
    await tx.update(ApiSecret, { hubId, keyId: id, ended: false }, { ended: true });
    await tx
      .createQueryBuilder()
      .update(ApiSecret)
      .set({ endsAt: now })
      .where('hub_id = :hubId AND key_id = :id AND (ends_at IS NULL OR ends_at > :now)', { hubId, id, now })
      .execute();
  }
}
