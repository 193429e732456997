import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { idColumn, stringColumn, timeColumn } from '../../database/index.js';

/** `running` is begun and not ended: also while no server is up that could go on with it. */
export type JobState = 'queued' | 'running' | 'completed' | 'error';

/** Something that was accepted, and how far it has come. */
@Entity('job')
@Unique('uq_job_hub', ['hubId', 'id'])
@Index('ix_job_turn', ['state', 'hubId', 'id'])
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_job_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class Job {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_job' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  /** The event of the activity: `hub.role.delete`. */
  @Column(stringColumn(100))
  action: string;

  @Column(stringColumn(16))
  state: JobState;

  @Column(timeColumn({ name: 'state_changed_at' }))
  stateChangedAt: number;

  /** What went wrong, for the client: nothing from inside the server. */
  @Column(stringColumn(1000, { nullable: true }))
  error: string | null;

  @Column(stringColumn(32, { name: 'component_type' }))
  componentType: string;

  @Column(idColumn({ name: 'component_id' }))
  componentId: string;

  @Column(stringColumn(16, { name: 'creator_type' }))
  creatorType: string;

  @Column(idColumn({ name: 'creator_id' }))
  creatorId: string;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(timeColumn({ name: 'started_at', nullable: true }))
  startedAt: number | null;

  /** When it ended, well or not. */
  @Column(timeColumn({ name: 'completed_at', nullable: true }))
  completedAt: number | null;
}
