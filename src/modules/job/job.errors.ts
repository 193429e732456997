import { NotFoundError } from '../../common/errors/index.js';

/** Also for a job that the caller may not see: it reads like one that never was. */
export class JobNotFoundError extends NotFoundError {
  constructor() {
    super('job', 'There is no such job.');
  }
}
