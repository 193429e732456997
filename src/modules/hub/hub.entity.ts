import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { counterColumn, idColumn, jsonColumn, stringColumn, timeColumn } from '../../database/index.js';

export type HubState = 'live' | 'inactive' | 'deleting' | 'deleted';

/** What a hub demands of those who enter it. */
export interface HubSecurity {
  readonly force_2fa: boolean;
}

/** The tenant. Every tenant row belongs to exactly one. */
@Entity('hub')
@Index('ix_hub_name_key', ['nameKey'])
export class Hub {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_hub' })
  id: string;

  @Column(stringColumn(100))
  identifier: string;

  @Column(stringColumn(200))
  name: string;

  @Column(stringColumn(400, { name: 'name_key' }))
  nameKey: string;

  @Column(stringColumn(16))
  state: HubState;

  @Column(timeColumn({ name: 'state_changed_at' }))
  stateChangedAt: number;

  @Column(jsonColumn())
  security: HubSecurity;

  /** The number of the hub's last list; numbers are the public door's ids and are never used again. */
  @Column(counterColumn({ name: 'last_list_number', default: 0 }))
  lastListNumber: number;

  @Column(stringColumn(16, { name: 'creator_type' }))
  creatorType: string;

  @Column(idColumn({ name: 'creator_id' }))
  creatorId: string;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(timeColumn({ name: 'updated_at' }))
  updatedAt: number;

  @Column(timeColumn({ name: 'deleted_at', nullable: true }))
  deletedAt: number | null;
}
