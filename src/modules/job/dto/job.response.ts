import { contractTime, CreatorResponse, ZERO_TIME } from '../../../common/http/contract.js';
import { type Job, type JobState } from '../job.entity.js';

class JobErrorResponse {
  /** @example "The work could not be done." */
  message: string;
}

class JobEventsResponse {
  /** @example 2026-03-01T08:00:00.000Z */
  queued: string;
  /** The zero time until then. @example 2026-03-01T08:00:00.000Z */
  started: string;
  /** When it ended, well or not; the zero time until then. @example 2026-03-01T08:00:00.000Z */
  completed: string;
}

class JobStateResponse {
  /** `new`, `queued`, `error`, `scheduled`, `expired`, `running` or `completed`. @example completed */
  current: string;
  /** @example 2026-03-01T08:00:00.000Z */
  changed: string;
  error: JobErrorResponse | null;
}

class TaskStateResponse {
  /** `pending`, `error`, `running` or `completed`. @example completed */
  current: string;
  /** @example 2026-03-01T08:00:00.000Z */
  changed: string;
}

class TaskStepResponse {
  /** @example hub.role.delete */
  caption: string;
  /** @example "hub.role.delete of role 0199e2f1a0c34b5d6e7f8091" */
  description: string;
  /** The zero time until then. @example 2026-03-01T08:00:00.000Z */
  started: string;
  /** The zero time until then. @example 2026-03-01T08:00:00.000Z */
  completed: string;
}

class TaskInputResponse {
  /** What kind of thing it is about. @example role */
  type: string;
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
}

export class JobTaskResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example "hub.role.delete of role 0199e2f1a0c34b5d6e7f8091" */
  caption: string;
  /** The action. @example hub.role.delete */
  header: string;
  events: JobEventsResponse;
  steps: TaskStepResponse[];
  state: TaskStateResponse;
  input: TaskInputResponse;
  /** Null: none of our tasks leaves anything but its effect. */
  output: Record<string, string> | null;
  error: JobErrorResponse | null;
}

/** A job, in the management contract's shape. Ours have one task of one step. */
export class JobResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  hub_id: string;
  /** @example hub-0199e2f1a0c34b5d6e7f8091 */
  queue: string;
  /** @example "hub.role.delete of role 0199e2f1a0c34b5d6e7f8091" */
  caption: string;
  events: JobEventsResponse;
  /** When it may begin. @example 2026-03-01T08:00:00.000Z */
  schedule: string;
  /** The zero time: no job of this server expires. @example 0001-01-01T00:00:00Z */
  expires: string;
  tasks: JobTaskResponse[];
  /** The same for everything that does the same to the same thing. @example hub.role.delete:role:0199e2f1a0c34b5d6e7f8091 */
  hash: string;
  /** @example false */
  limit_duplicates: boolean;
  creator: CreatorResponse;
  state: JobStateResponse;

  static from(job: Job): JobResponse {
    return {
      id: job.id,
      hub_id: job.hubId,
      queue: queueOf(job),
      caption: captionOf(job),
      events: eventsOf(job),
      schedule: contractTime(job.createdAt),
      expires: ZERO_TIME,
      tasks: [taskOf(job)],
      hash: `${job.action}:${job.componentType}:${job.componentId}`,
      limit_duplicates: false,
      creator: { id: job.creatorId, type: job.creatorType },
      state: { current: job.state, changed: contractTime(job.stateChangedAt), error: errorOf(job) },
    };
  }
}

const TASK_STATES: Readonly<Record<JobState, string>> = {
  queued: 'pending',
  running: 'running',
  completed: 'completed',
  error: 'error',
};

function taskOf(job: Job): JobTaskResponse {
  const { id, action, startedAt, completedAt, state, stateChangedAt, componentType, componentId } = job;
  const times = { started: contractTime(startedAt), completed: contractTime(completedAt) };
  return {
    id,
    caption: captionOf(job),
    header: action,
    events: eventsOf(job),
    steps: [{ caption: action, description: captionOf(job), ...times }],
    state: { current: TASK_STATES[state], changed: contractTime(stateChangedAt) },
    input: { type: componentType, id: componentId },
    output: null,
    error: errorOf(job),
  };
}

function eventsOf({ createdAt, startedAt, completedAt }: Job): JobEventsResponse {
  return {
    queued: contractTime(createdAt),
    started: contractTime(startedAt),
    completed: contractTime(completedAt),
  };
}

function errorOf({ error }: Job): JobErrorResponse | null {
  return error === null ? null : { message: error };
}

function captionOf({ action, componentType, componentId }: Job): string {
  return `${action} of ${componentType} ${componentId}`;
}

/** Each hub has its own. */
export function queueOf({ hubId }: Job): string {
  return `hub-${hubId}`;
}
