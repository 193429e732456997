import { InvalidInputError } from '../../common/errors/index.js';

export class InvalidPeriodError extends InvalidInputError {
  constructor() {
    super('filter[to] must be later than filter[from].', { source: '/query/filter/to' });
  }
}
