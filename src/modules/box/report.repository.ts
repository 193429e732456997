import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../../database/index.js';
import { BoxReport } from './box-report.entity.js';
import { type ReachedState } from './box.entity.js';

/** Which box, for the statements here. */
export interface BoxPlace {
  readonly hubId: string;
  readonly id: string;
}

export interface Sighting {
  readonly state: Exclude<ReachedState, 'unknown'>;
  readonly at: number;
  /** Whether it was heard of, rather than missed. */
  readonly seen: boolean;
  /** Left out = as it was. */
  readonly version?: string | undefined;
}

/** What is known of boxes by themselves: never their address, their credentials or anything else that people decide. */
@Injectable()
export class ReportRepository {
  constructor(private readonly database: Database) {}

  async find({ hubId, id }: BoxPlace): Promise<BoxReport | null> {
    return this.database.reader.findOneBy(BoxReport, { hubId, boxId: id });
  }

  /** In this order of assignments: MySQL lets later ones see the earlier. */
  async note(tx: EntityManager, { hubId, id }: BoxPlace, { state, at, seen, version }: Sighting): Promise<void> {
    const sighting = seen ? ', last_seen_at = ?' : '';
    const sql =
      'UPDATE box SET state_at = CASE WHEN state = ? THEN state_at ELSE ? END, state = ?, ' +
      `runtime_version = COALESCE(?, runtime_version)${sighting} WHERE hub_id = ? AND id = ? AND deleted_at IS NULL`;
    await tx.query(sql, [state, at, state, version ?? null, ...(seen ? [at] : []), hubId, id]);
  }

  /** Finds no row of a box that was deleted meanwhile. */
  async keep(tx: EntityManager, { hubId, id }: BoxPlace, told: Partial<BoxReport>): Promise<void> {
    if (Object.keys(told).length > 0) {
      await tx.update(BoxReport, { hubId, boxId: id }, told);
    }
  }
}
