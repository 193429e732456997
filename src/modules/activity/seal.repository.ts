import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { nameKey } from '../../common/name-key.js';
import { Database, isUniqueViolation } from '../../database/index.js';
import { type Head, type Link, type SealedColumns } from './seals.js';

/** A row with its place in the chain, as stored: whether it is true is what a verification finds out. */
export interface SealedRow extends SealedColumns {
  readonly position: number;
  readonly seal: Uint8Array | null;
}

export interface StoredHead extends Head {
  readonly mac: Buffer;
}

/** The place that a row is to have. */
export interface NewLink extends Link {
  readonly id: string;
}

export interface HubName {
  readonly id: string;
  readonly name: string;
}

// Numbers as text: one that somebody made too large for JavaScript must be found, not make the reading fail.
export const SEALED_COLUMNS = `id, hub_id, event, status, actor_type, actor_id, component_type, component_id, body,
  CAST(created_at AS CHAR) AS created_at`;

/** Another node sealed first. */
class Outrun extends Error {}

@Injectable()
export class SealRepository {
  constructor(private readonly database: Database) {}

  /** The first hub behind `after`, in the order of ids, that has rows without a seal. */
  async findUnsealedHub(after: string): Promise<string | null> {
    const sql = 'SELECT hub_id FROM activity WHERE seal_position IS NULL AND hub_id > ? ORDER BY hub_id LIMIT 1';
    const [row] = await this.database.query<{ hub_id: string }>(sql, [after]);
    return row?.hub_id ?? null;
  }

  /** Rows of a hub without a seal, by id. */
  findUnsealed(hubId: string, afterId: string, limit: number): Promise<SealedColumns[]> {
    const where = 'hub_id = ? AND seal_position IS NULL AND id > ?';
    const sql = `SELECT ${SEALED_COLUMNS} FROM activity WHERE ${where} ORDER BY id LIMIT ${limit}`;
    return this.database.query<SealedColumns>(sql, [hubId, afterId]);
  }

  /** Rows of a hub with a position behind this one, in order; behind the start also those whose position is impossible. */
  async findSealed(hubId: string, { position }: Link, limit: number): Promise<SealedRow[]> {
    const [behind, parameters] = position > 0 ? ['> ?', [hubId, position]] : ['IS NOT NULL', [hubId]];
    const sql = `SELECT ${SEALED_COLUMNS}, CAST(seal_position AS CHAR) AS position, seal FROM activity
      WHERE hub_id = ? AND seal_position ${behind} ORDER BY seal_position LIMIT ${limit}`;
    const rows = await this.database.query<SealedRow & { position: string }>(sql, parameters);
    return rows.map((row) => ({ ...row, position: Number(row.position) }));
  }

  async hasSealed(hubId: string): Promise<boolean> {
    const sql = 'SELECT id FROM activity WHERE hub_id = ? AND seal_position IS NOT NULL LIMIT 1';
    return (await this.database.query(sql, [hubId])).length > 0;
  }

  async findHead(hubId: string): Promise<StoredHead | null> {
    const sql = `SELECT CAST(position AS CHAR) AS position, seal, CAST(sealed_at AS CHAR) AS sealed_at, mac
      FROM activity_head WHERE hub_id = ?`;
    const [row] = await this.database.query<Record<string, string>>(sql, [hubId]);
    return row
      ? {
          hubId,
          position: Number(row['position']),
          seal: Buffer.from(row['seal'] ?? ''),
          sealedAt: Number(row['sealed_at']),
          mac: Buffer.from(row['mac'] ?? ''),
        }
      : null;
  }

  /**
   * Gives rows of one hub their places and moves its head from `before`, all or nothing. False: another node was first
   * (the lock of the sealers was lost), and nothing was changed.
   */
  async append(before: Link, head: StoredHead, links: readonly NewLink[]): Promise<boolean> {
    try {
      await this.database.transaction(async (tx) => {
        await (before.position === 0 ? insertHead(tx, head) : moveHead(tx, before, head));
        for (const { id, position, seal } of links) {
          const sql =
            'UPDATE activity SET seal_position = ?, seal = ? WHERE hub_id = ? AND id = ? AND seal_position IS NULL';
          await changeOne(tx, sql, [position, seal, head.hubId, id]);
        }
      });
      return true;
    } catch (error) {
      if (error instanceof Outrun || isUniqueViolation(error, 'pk_activity_head')) {
        return false;
      }
      throw error;
    }
  }

  /** Hubs with this id or name, or all; also deleted ones, whose activities stay. By SQL, as hubs belong to a higher module. */
  findHubs(idOrName?: string): Promise<HubName[]> {
    const [where, parameters] =
      idOrName === undefined ? ['', []] : ['WHERE id = ? OR name_key = ?', [idOrName, nameKey(idOrName)]];
    return this.database.query<HubName>(`SELECT id, name FROM hub ${where} ORDER BY id`, parameters);
  }
}

async function insertHead(tx: EntityManager, { hubId, position, seal, sealedAt, mac }: StoredHead): Promise<void> {
  const sql = 'INSERT INTO activity_head (hub_id, position, seal, sealed_at, mac) VALUES (?, ?, ?, ?, ?)';
  await tx.query(sql, [hubId, position, seal, sealedAt, mac]);
}

/** The row's lock lets a second sealer wait here, and then find that the head has moved. */
async function moveHead(tx: EntityManager, before: Link, head: StoredHead): Promise<void> {
  const sql =
    'UPDATE activity_head SET position = ?, seal = ?, sealed_at = ?, mac = ? WHERE hub_id = ? AND position = ? AND seal = ?';
  const { hubId, position, seal, sealedAt, mac } = head;
  await changeOne(tx, sql, [position, seal, sealedAt, mac, hubId, before.position, before.seal]);
}

async function changeOne(tx: EntityManager, sql: string, parameters: unknown[]): Promise<void> {
  const result = await tx.queryRunner?.query(sql, parameters, true);
  if (result?.affected !== 1) {
    throw new Outrun();
  }
}
