import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, MoreThan, Not } from 'typeorm';
import { type LastUse } from '../../access/index.js';
import { isId } from '../../common/ids.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { Database } from '../../database/index.js';
import { ApiKey } from './api-key.entity.js';
import { ApiSecret } from './api-secret.entity.js';
import { descendantsOf } from './created-keys.js';
import { keyPage } from './key-page.js';

export interface LastUsed {
  readonly lastUsedAt: number | null;
  readonly lastUsedAddress: string | null;
}

export type ApiKeyWithUse = ApiKey & LastUsed;

/** Fewer than any database takes as parameters of one statement. */
const IDS_AT_ONCE = 500;

const NEVER_USED: LastUsed = { lastUsedAt: null, lastUsedAddress: null };

@Injectable()
export class ApiKeyRepository {
  constructor(private readonly database: Database) {}

  /** Live and inactive keys; deleted ones only when the filter asks for them. */
  async list(hubId: string, query: ResourceQuery): Promise<ApiKey[]> {
    const page = keyPage(this.database, hubId, query);
    const ids = page ? await this.database.query<{ id: string }>(page.sql, page.parameters) : [];
    if (ids.length === 0) {
      return [];
    }
    const keys = await this.database.reader.findBy(ApiKey, { hubId, id: In(ids.map(({ id }) => id)) });
    const byId = new Map(keys.map((key) => [key.id, key]));
    return ids.flatMap(({ id }) => byId.get(id) ?? []);
  }

  /** A malformed id finds nothing: servers overlook blanks at its end, SQLite what follows a NUL. */
  async find(hubId: string, id: string, manager: EntityManager = this.database.reader): Promise<ApiKey | null> {
    return isId(id) ? manager.findOneBy(ApiKey, { hubId, id, deletedAt: IsNull() }) : null;
  }

  /** By the compared form of its handle. */
  findByHandle(
    hubId: string,
    handleKey: string,
    manager: EntityManager = this.database.reader,
  ): Promise<ApiKey | null> {
    return manager.findOneBy(ApiKey, { hubId, handleKey, deletedAt: IsNull() });
  }

  isHandleTaken(tx: EntityManager, hubId: string, handleKey: string): Promise<boolean> {
    return tx.existsBy(ApiKey, { hubId, handleKey });
  }

  /** Every key that has not ended, the oldest first. Read in pieces, so that no database is long at one. */
  async listAll(hubId: string, manager: EntityManager = this.database.reader): Promise<ApiKey[]> {
    const all: ApiKey[] = [];
    for (let last = ''; ;) {
      const where = { hubId, deletedAt: IsNull(), id: MoreThan(last) };
      const some = await manager.find(ApiKey, { where, order: { id: 'ASC' }, take: IDS_AT_ONCE });
      all.push(...some);
      if (some.length < IDS_AT_ONCE) {
        return all;
      }
      last = some[some.length - 1].id;
    }
  }

  async insert(tx: EntityManager, key: ApiKey, secret: ApiSecret): Promise<void> {
    await tx.insert(ApiKey, key);
    await tx.insert(ApiSecret, secret);
  }

  /** All but its last use, which moves meanwhile. */
  async update(tx: EntityManager, key: ApiKey): Promise<void> {
    const { id, hubId, usedAt: _usedAt, ...columns } = key;
    await tx.update(ApiKey, { hubId, id }, columns);
  }

  /**
   * The keys that have not ended of all that a key or an account made and those made in turn, the nearest generation first. One
   * statement reads who made whom, however long the line is; it goes through ended keys too, or one could hide behind.
   */
  async madeBy(tx: EntityManager, hubId: string, id: string): Promise<ApiKey[]> {
    const sql = 'SELECT id, creator_id AS creatorId FROM api_key WHERE hub_id = ?';
    const made = descendantsOf(id, (await tx.query(sql, [hubId])) as { id: string; creatorId: string }[]);
    const keys = new Map<string, ApiKey>();
    for (let start = 0; start < made.length; start += IDS_AT_ONCE) {
      const ids = made.slice(start, start + IDS_AT_ONCE);
      const found = await tx.findBy(ApiKey, { hubId, id: In(ids), deletedAt: IsNull() });
      found.forEach((key) => keys.set(key.id, key));
    }
    return made.flatMap((one) => keys.get(one) ?? []);
  }

  /** Each root key that is live and never ends, nor does its secret. By table name: roles are another module's. */
  async lastingRootKeys(tx: EntityManager, hubId: string): Promise<{ id: string; ips: string[] | null }[]> {
    // From the roles, of which few are root, to their keys: SQLite would go through all keys without an end instead.
    const sql = `SELECT k.id, k.ips FROM role r CROSS JOIN api_key k ON k.hub_id = r.hub_id AND k.role_id = r.id
      WHERE r.hub_id = ? AND k.state = 'live' AND k.expires_at IS NULL AND r.root = 1
        AND EXISTS (SELECT 1 FROM api_secret s WHERE s.hub_id = k.hub_id AND s.key_id = k.id AND s.ends_at IS NULL)`;
    const rows = (await tx.query(sql, [hubId])) as { id: string; ips: string | null }[];
    return rows.map(({ id, ips }) => ({ id, ips: ips === null ? null : (JSON.parse(ips) as string[]) }));
  }

  /**
   * Each member with the root role who can sign in with a password of their own choice. By table name: accounts and
   * memberships are modules above this one.
   */
  async lastingRootMembers(tx: EntityManager, hubId: string): Promise<{ id: string; ips: null }[]> {
    const sql = `SELECT m.id FROM membership m JOIN role r ON r.hub_id = m.hub_id AND r.id = m.role_id
      JOIN account a ON a.id = m.member_id
      WHERE m.hub_id = ? AND r.root = 1 AND a.state = 'live' AND a.password_hash IS NOT NULL AND a.password_once = 0`;
    const rows = (await tx.query(sql, [hubId])) as { id: string }[];
    return rows.map(({ id }) => ({ id, ips: null }));
  }

  /** Each key with the latest use of any of its secrets. */
  async withUse(hubId: string, keys: readonly ApiKey[]): Promise<ApiKeyWithUse[]> {
    const secrets = await this.usedSecrets(
      hubId,
      keys.map((key) => key.id),
    );
    const latest = new Map<string, LastUsed>();
    for (const { keyId, lastUsedAt, lastUsedAddress } of secrets) {
      if ((latest.get(keyId)?.lastUsedAt ?? 0) < (lastUsedAt ?? 0)) {
        latest.set(keyId, { lastUsedAt, lastUsedAddress });
      }
    }
    return keys.map((key) => Object.assign(key, latest.get(key.id) ?? NEVER_USED));
  }

  /** Only forward: a batch that comes late never moves a last use back. */
  async touch(tx: EntityManager, { hubId, secretId, at, address }: LastUse): Promise<void> {
    await tx.query(
      'UPDATE api_secret SET last_used_at = ?, last_used_address = ? ' +
        'WHERE id = ? AND hub_id = ? AND (last_used_at IS NULL OR last_used_at < ?)',
      [at, address, secretId, hubId, at],
    );
  }

  /** As `touch`, for the key of the secret. */
  async touchKey(tx: EntityManager, { hubId, secretId, at }: LastUse): Promise<void> {
    await tx.query(
      'UPDATE api_key SET last_used_at = ? WHERE hub_id = ? AND last_used_at < ? ' +
        'AND id = (SELECT key_id FROM api_secret WHERE hub_id = ? AND id = ?)',
      [at, hubId, at, hubId, secretId],
    );
  }

  private usedSecrets(hubId: string, keyIds: readonly string[]): Promise<ApiSecret[]> {
    if (keyIds.length === 0) {
      return Promise.resolve([]);
    }
    return this.database.reader
      .createQueryBuilder(ApiSecret, 's')
      .where('s.hubId = :hubId AND s.keyId IN (:...keyIds)', { hubId, keyIds })
      .andWhere({ lastUsedAt: Not(IsNull()) })
      .getMany();
  }
}
