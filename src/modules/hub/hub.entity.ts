import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { counterColumn, idColumn, jsonColumn, Lifecycle, stringColumn, timeColumn } from '../../database/index.js';
import { type StoredSecurity } from './hub-security.js';

export type HubState = 'live' | 'inactive' | 'deleting' | 'deleted';

/** The tenant. Every tenant row belongs to exactly one. */
@Entity('hub')
@Index('ix_hub_name_key', ['nameKey'])
export class Hub extends Lifecycle {
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
  security: StoredSecurity;

  /** The number of the hub's last list; numbers are the public door's ids and are never used again. */
  @Column(counterColumn({ name: 'last_list_number', default: 0 }))
  lastListNumber: number;
}
