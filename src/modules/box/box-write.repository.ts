import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../../database/index.js';
import { type BoxPlace } from './report.repository.js';

export type BoxWriteKind = 'runs' | 'changes';

@Injectable()
export class BoxWriteRepository {
  constructor(private readonly database: Database) {}

  /** One more write of this kind by this key today. */
  async count(tx: EntityManager, box: BoxPlace, keyId: string, day: number, kind: BoxWriteKind): Promise<void> {
    const collision =
      this.database.kind === 'sqlite'
        ? 'ON CONFLICT (hub_id, box_id, key_id, day) DO UPDATE SET'
        : 'ON DUPLICATE KEY UPDATE';
    const sql =
      'INSERT INTO box_write_count (hub_id, box_id, key_id, day, runs, changes) VALUES (?, ?, ?, ?, ?, ?) ' +
      `${collision} ${kind} = box_write_count.${kind} + 1`;
    await tx.query(sql, [box.hubId, box.id, keyId, day, Number(kind === 'runs'), Number(kind === 'changes')]);
  }
}
