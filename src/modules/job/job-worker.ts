import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AppError, UnavailableError } from '../../common/errors/index.js';
import { Database, surfaced, withLockIfFree } from '../../database/index.js';
import { JobHandlers } from './job-handlers.js';
import { JobRepository, type JobTurn } from './job.repository.js';

/** How long a job waits at most that another node left behind or queued while a third one held the lock. */
const LOOK_EVERY_MS = 5000;
/** Between two parts of a job: requests come first. */
const PAUSE_MS = 5;
const MESSAGE_LENGTH_MAX = 1000;
const UNEXPECTED = 'An unexpected error stopped the work. The log of the server has it under the id of this job.';

/**
 * Does the jobs that were queued, on one node at a time: hubs take turns, a part each, and the jobs of one hub are done
 * one after the other. Who works holds a lock that ends with the process; so whoever gets it knows that a job which
 * still reads `running` was left behind, and goes on with it.
 */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('JobWorker');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopping = false;
  /** Whose turn was last. */
  private lastHubId = '';

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

  /** A part for each hub in turn, so that nobody waits for all that another hub has queued. */
  private async workAll(): Promise<void> {
    const delayed = new Set<string>();
    for (let job = await this.next(delayed); job && !this.stopping; job = await this.next(delayed)) {
      this.lastHubId = job.hubId;
      if ((await this.workOn(job)) === 'later') {
        delayed.add(job.hubId);
      }
    }
  }

  private next(delayed?: ReadonlySet<string>): Promise<JobTurn | null> {
    return this.jobs.findTurn(this.handlers.actions, this.lastHubId, [...(delayed ?? [])]);
  }

  /** One part. A job ends when it is done or refused; `later` is when the database could not do it now. */
  private async workOn(job: JobTurn): Promise<'went on' | 'later'> {
    try {
      if (job.state === 'queued') {
        await this.jobs.start(job, this.clock.now());
      }
      if ((await this.handlers.get(job.action).work(job)) === 'done') {
        await this.jobs.finish(job, this.clock.now());
      } else {
        await sleep(PAUSE_MS);
      }
      return 'went on';
    } catch (error) {
      return this.fail(job, error);
    }
  }

  /** What the database could not do now it can do later: that ends no job, and holds up no other hub. */
  private async fail(job: JobTurn, error: unknown): Promise<'went on' | 'later'> {
    const known = surfaced(error);
    const facts = { job: job.id, hub: job.hubId, action: job.action, error: String(error) };
    if (known instanceof UnavailableError) {
      this.logger.warn(facts, 'a job has to wait a few seconds');
      return 'later';
    }
    this.logger.error(facts, 'a job failed');
    await this.jobs.fail(job, messageOf(known), this.clock.now());
    return 'went on';
  }
}

function messageOf(error: unknown): string {
  const text = error instanceof AppError ? (error.details.detail ?? error.title) : UNEXPECTED;
  return text.slice(0, MESSAGE_LENGTH_MAX);
}
