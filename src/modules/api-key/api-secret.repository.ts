import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, MoreThan } from 'typeorm';
import { isId } from '../../common/ids.js';
import { Database } from '../../database/index.js';
import { type ApiKey } from './api-key.entity.js';
import { ApiSecret } from './api-secret.entity.js';

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

  async setEnd(tx: EntityManager, { hubId, id, endsAt, ended }: ApiSecret): Promise<void> {
    await tx.update(ApiSecret, { hubId, id }, { endsAt, ended });
  }
}
