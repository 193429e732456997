import { contractTime } from '../../../common/http/contract.js';
import { type Job } from '../job.entity.js';
import { JobTaskResponse, queueOf } from './job.response.js';

class JobParallelResponse {
  /** @example false */
  tasks: boolean;
  /** @example null */
  sub_queue: string | null;
}

class AcceptedJobResponse {
  /** Ask `GET /v1/jobs/{jobId}` how far it has come. @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example true */
  accepted: boolean;
  /** @example hub-0199e2f1a0c34b5d6e7f8091 */
  queue: string;
  /** @example 2026-03-01T08:00:00.000Z */
  schedule: string;
  parallel: JobParallelResponse;
  /** Null: the job itself tells them. */
  tasks: JobTaskResponse[] | null;
}

/** What a 202 says (management contract §5). */
export class JobDescriptorResponse {
  /** @example hub.role.delete */
  action: string;
  job: AcceptedJobResponse;

  static from(job: Job): JobDescriptorResponse {
    const { id, action, createdAt } = job;
    const parallel = { tasks: false, sub_queue: null };
    const schedule = contractTime(createdAt);
    return { action, job: { id, accepted: true, queue: queueOf(job), schedule, parallel, tasks: null } };
  }
}
