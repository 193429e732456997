import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { isId } from '../../common/ids.js';
import { Database } from '../../database/index.js';
import { Job, type JobState } from './job.entity.js';

/** What the worker needs of the job whose turn it is. */
export type JobTurn = Readonly<Pick<Job, 'id' | 'hubId' | 'action' | 'componentId' | 'state'>>;

interface TurnRow {
  readonly id: string;
  readonly hub_id: string;
  readonly action: string;
  readonly component_id: string;
  readonly state: JobState;
}

@Injectable()
export class JobRepository {
  constructor(private readonly database: Database) {}

  /** A malformed id finds nothing, on every database. */
  async find(id: string): Promise<Job | null> {
    return isId(id) ? this.database.reader.findOneBy(Job, { id }) : null;
  }

  async insert(tx: EntityManager, job: Job): Promise<void> {
    await tx.insert(Job, job);
  }

  /**
   * The oldest job that has not ended of the next hub behind this one, of jobs with one of these actions. Behind the last
   * hub comes the first again. What other hubs have queued is never read.
   */
  async findTurn(
    actions: readonly string[],
    behind: string,
    passedOver: readonly string[] = [],
  ): Promise<JobTurn | null> {
    if (actions.length === 0) {
      return null;
    }
    const others = passedOver.length === 0 ? '' : ` AND hub_id NOT IN (${marks(passedOver)})`;
    const oldest = (state: JobState): string =>
      `SELECT * FROM (SELECT id, hub_id, action, component_id, state FROM job
        WHERE state = '${state}' AND hub_id > ? AND action IN (${marks(actions)})${others}
        ORDER BY hub_id, id LIMIT 1) AS ${state}`;
    const sql = `${oldest('running')} UNION ALL ${oldest('queued')} ORDER BY hub_id, id LIMIT 1`;
    const find = async (from: string): Promise<TurnRow | undefined> => {
      const half = [from, ...actions, ...passedOver];
      return (await this.database.query<TurnRow>(sql, [...half, ...half]))[0];
    };
    const row = (await find(behind)) ?? (behind === '' ? undefined : await find(''));
    return row
      ? { id: row.id, hubId: row.hub_id, action: row.action, componentId: row.component_id, state: row.state }
      : null;
  }

  /** A job that was begun before keeps the time of its beginning. */
  async start({ id }: Pick<Job, 'id'>, now: number): Promise<void> {
    await this.move(id, 'queued', { state: 'running', stateChangedAt: now, startedAt: now });
  }

  async finish({ id }: Pick<Job, 'id'>, now: number): Promise<void> {
    await this.move(id, 'running', { state: 'completed', stateChangedAt: now, completedAt: now });
  }

  async fail({ id }: Pick<Job, 'id'>, message: string, now: number): Promise<void> {
    await this.move(id, 'running', { state: 'error', error: message, stateChangedAt: now, completedAt: now });
  }

  /** Only from the state that it is thought to be in: what has ended never starts again. */
  private async move(id: string, from: JobState, to: Partial<Job>): Promise<void> {
    await this.database.transaction((tx) => tx.update(Job, { id, state: from }, to));
  }
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
