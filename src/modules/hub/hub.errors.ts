import { ConflictError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';

export class HubNotFoundError extends NotFoundError {
  constructor() {
    super('hub', 'There is no such hub.');
  }
}

export class HubNameTakenError extends ConflictError {
  constructor(name: string) {
    super(`A hub named "${name}" exists already. Choose another name; names are compared without case.`);
  }
}

export class HubNameInvalidError extends InvalidInputError {
  constructor() {
    super('A hub name has 1 to 200 characters, not all of them blank.', { source: '/name' });
  }
}
