import { Injectable } from '@nestjs/common';
import {
  type AccountPrincipal,
  type Caller,
  type Creator,
  creatorOf,
  holdsCapability,
  isAccount,
  type Mutation,
  type Principal,
} from '../../access/index.js';
import { newId } from '../../common/ids.js';
import { Database } from '../../database/index.js';
import { JobWorker } from './job-worker.js';
import { Job } from './job.entity.js';
import { JobNotFoundError } from './job.errors.js';
import { JobRepository } from './job.repository.js';

/** The one job whose maker is in its hub no more when it is done. */
export const HUB_DELETION = 'hub.task.delete';

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
   * Whoever made it may see it, and whoever may see all of the hub; a person only while they are in the hub, save for
   * the job that ends it. @throws JobNotFoundError also for all others
   */
  async get(caller: Caller, id: string): Promise<Job> {
    const job = await this.jobs.find(id);
    if (!job || !(isAccount(caller) ? personSees(caller, job) : keySees(caller, job))) {
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

function keySees(principal: Principal, job: Job): boolean {
  return isMaker(job, creatorOf(principal)) || principal.ability.can('read', job);
}

/** Where the hub asks its members for a second factor, a session without one sees nothing of it. */
function personSees({ session }: AccountPrincipal, job: Job): boolean {
  const place = session.memberships.get(job.hubId);
  if (place?.lacksSecondFactor === true) {
    return false;
  }
  const role = place?.hubLive === true && place.role.live ? place.role : undefined;
  if (isMaker(job, { type: 'account', id: session.accountId })) {
    return role !== undefined || job.action === HUB_DELETION;
  }
  return role !== undefined && holdsCapability(role.capabilities, 'apionly-jobs-view');
}

function isMaker({ creatorType, creatorId }: Job, { type, id }: Creator): boolean {
  return type === creatorType && id === creatorId;
}
