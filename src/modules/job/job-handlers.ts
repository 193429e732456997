import { Injectable } from '@nestjs/common';
import { type Job } from './job.entity.js';

/** What a handler is told about its job. */
export type JobFacts = Readonly<Pick<Job, 'id' | 'hubId' | 'action' | 'componentId'>>;

/** Does the work of one kind of job, a part at a time. */
export interface JobHandler {
  /**
   * Does a part (at most 50 ms of a transaction, for which SQLite's one writer may be held) and says whether more is
   * left. What is left must be seen from the database, and a part may come again: the process may die between any two
   * steps, and then another one goes on. An AppError that it throws ends the job with that error's text for the
   * client; a database that is busy or out of reach only delays it.
   */
  work(job: JobFacts): Promise<'more' | 'done'>;
}

/** Who does which jobs; a module registers its own when it starts. */
@Injectable()
export class JobHandlers {
  private readonly byAction = new Map<string, JobHandler>();

  /** @throws Error when the action has a handler already */
  register(action: string, handler: JobHandler): void {
    if (this.byAction.has(action)) {
      throw new Error(`The action ${action} has a handler already.`);
    }
    this.byAction.set(action, handler);
  }

  /** Jobs of other actions wait: a newer server on the same database may know them. */
  get actions(): string[] {
    return [...this.byAction.keys()];
  }

  get(action: string): JobHandler {
    const handler = this.byAction.get(action);
    if (!handler) {
      throw new Error(`The action ${action} has no handler.`);
    }
    return handler;
  }
}
