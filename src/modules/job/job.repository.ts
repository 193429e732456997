import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { isId } from '../../common/ids.js';
import { Database } from '../../database/index.js';
import { Job, type JobState } from './job.entity.js';

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

  /** The oldest that has not ended, of those with one of these actions. */
  async findNext(actions: readonly string[]): Promise<Job | null> {
    if (actions.length === 0) {
      return null;
    }
    const where = { state: In(['queued', 'running'] satisfies JobState[]), action: In([...actions]) };
    return this.database.reader.findOne(Job, { where, order: { id: 'ASC' } });
  }

  /** A job that was begun before keeps the time of its beginning. */
  async start({ id }: Job, now: number): Promise<void> {
    await this.move(id, 'queued', { state: 'running', stateChangedAt: now, startedAt: now });
  }

  async finish({ id }: Job, now: number): Promise<void> {
    await this.move(id, 'running', { state: 'completed', stateChangedAt: now, completedAt: now });
  }

  async fail({ id }: Job, message: string, now: number): Promise<void> {
    await this.move(id, 'running', { state: 'error', error: message, stateChangedAt: now, completedAt: now });
  }

  /** Only from the state that it is thought to be in: what has ended never starts again. */
  private async move(id: string, from: JobState, to: Partial<Job>): Promise<void> {
    await this.database.transaction((tx) => tx.update(Job, { id, state: from }, to));
  }
}
