import { Injectable } from '@nestjs/common';
import { creatorOf, type Mutation, type Principal } from '../../access/index.js';
import { newId } from '../../common/ids.js';
import { Database } from '../../database/index.js';
import { JobWorker } from './job-worker.js';
import { Job } from './job.entity.js';
import { JobNotFoundError } from './job.errors.js';
import { JobRepository } from './job.repository.js';

/** What a job is about. */
export interface JobComponent {
  readonly type: string;
  readonly id: string;
}

type MadeIn = Pick<Mutation, 'tx' | 'actor' | 'now'>;

@Injectable()
export class JobService {
  constructor(
    private readonly jobs: JobRepository,
    private readonly worker: JobWorker,
    private readonly database: Database,
  ) {}

  /**
   * Whoever made it may see it, and whoever may see all of the hub: a person only in the hub of the job, which they may
   * have left. @throws JobNotFoundError also for all others
   */
  async get(principal: Principal, id: string): Promise<Job> {
    const job = await this.jobs.find(id);
    if (job?.hubId !== principal.hubId || !(isMaker(principal, job) || principal.ability.can('read', job))) {
      throw new JobNotFoundError();
    }
    return job;
  }

  /** Records what this change did at once: no such job without its change, no change without its job. */
  async completed(change: MadeIn, action: string, component: JobComponent): Promise<Job> {
    const { tx, now } = change;
    const done = { state: 'completed', startedAt: now, completedAt: now } as const;
    const job = Object.assign(newJob(change, action, component), done);
    await this.jobs.insert(tx, job);
    return job;
  }

  /** Records what is to be done from the commit on; a `JobHandler` of this action does it. */
  async queue(change: MadeIn, action: string, component: JobComponent): Promise<Job> {
    const job = newJob(change, action, component);
    await this.jobs.insert(change.tx, job);
    this.database.afterTransaction(() => this.worker.wake());
    return job;
  }
}

function newJob({ actor, now }: MadeIn, action: string, component: JobComponent): Job {
  const creator = creatorOf(actor);
  return Object.assign(new Job(), {
    id: newId(now),
    hubId: actor.hubId,
    action,
    state: 'queued' as const,
    stateChangedAt: now,
    error: null,
    componentType: component.type,
    componentId: component.id,
    creatorType: creator.type,
    creatorId: creator.id,
    createdAt: now,
    startedAt: null,
    completedAt: null,
  });
}

function isMaker(principal: Principal, { creatorType, creatorId }: Job): boolean {
  const { type, id } = creatorOf(principal);
  return type === creatorType && id === creatorId;
}
