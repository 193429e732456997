import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AppError, UnavailableError } from '../../common/errors/index.js';
import { Database, surfaced, withLockIfFree } from '../../database/index.js';
import { JobHandlers } from './job-handlers.js';
import { type Job } from './job.entity.js';
import { JobRepository } from './job.repository.js';

/** How long a job waits at most that another node left behind or queued while a third one held the lock. */
const LOOK_EVERY_MS = 5000;
/** Between two parts of a job: requests come first. */
const PAUSE_MS = 5;
const MESSAGE_LENGTH_MAX = 1000;
const UNEXPECTED = 'An unexpected error stopped the work. The log of the server has it under the id of this job.';

/**
 * Does the jobs that were queued, one after the other, on one node at a time. Who works holds a lock that ends with the
 * process; so whoever gets it knows that a job which still reads `running` was left behind, and goes on with it.
 */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('JobWorker');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopping = false;

  constructor(
    private readonly jobs: JobRepository,
    private readonly handlers: JobHandlers,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), LOOK_EVERY_MS).unref();
    this.wake();
  }

  /** Stops between two parts of a job; the next start, or another node, goes on. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    this.stopping = true;
    await this.running;
    this.stopping = false;
  }

  /** There may be something to do. Returns at once. The command line leaves it to servers. */
  wake(): void {
    if (this.timer) {
      void this.work();
    }
  }

  /** Does what there is to do, unless another process is at it. Never throws; runs once at a time. */
  work(): Promise<void> {
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    try {
      while (this.again && !this.stopping) {
        this.again = false;
        if (await this.next()) {
          await withLockIfFree(this.database, 'jobs', () => this.workAll());
        }
      }
    } catch (error) {
      this.logger.warn(`Jobs have to wait a few seconds: ${String(error)}`);
    }
  }

  private async workAll(): Promise<void> {
    for (let job = await this.next(); job && !this.stopping; job = await this.next()) {
      await this.jobs.start(job, this.clock.now());
      await this.workOn(job);
    }
  }

  private next(): Promise<Job | null> {
    return this.jobs.findNext(this.handlers.actions);
  }

  /** To its end, unless the server stops. */
  private async workOn(job: Job): Promise<void> {
    try {
      const handler = this.handlers.get(job.action);
      while (!this.stopping) {
        if ((await handler.work(job)) === 'done') {
          return await this.jobs.finish(job, this.clock.now());
        }
        await sleep(PAUSE_MS);
      }
    } catch (error) {
      await this.fail(job, error);
    }
  }

  /** What the database could not do now it can do later: that ends no job. */
  private async fail(job: Job, error: unknown): Promise<void> {
    const known = surfaced(error);
    if (known instanceof UnavailableError) {
      throw known;
    }
    this.logger.error({ job: job.id, hub: job.hubId, action: job.action, error: String(error) }, 'a job failed');
    await this.jobs.fail(job, messageOf(known), this.clock.now());
  }
}

function messageOf(error: unknown): string {
  const text = error instanceof AppError ? (error.details.detail ?? error.title) : UNEXPECTED;
  return text.slice(0, MESSAGE_LENGTH_MAX);
}
