import { ConflictError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';

/** Never was, was deleted, belongs to another hub, or may not be seen: all read the same. */
export class VariableNotFoundError extends NotFoundError {
  constructor() {
    super('hub.variable', 'There is no such variable in this hub.');
  }
}

export class VariableNameTakenError extends ConflictError {
  constructor(name: string) {
    super(`A variable named "${name}" exists already. Names are compared without case.`, { source: '/name' });
  }
}

export class VariableValueError extends InvalidInputError {
  constructor(problem: string) {
    super(problem, { source: '/value' });
  }
}

export class TooManyVariablesError extends InvalidInputError {
  constructor(maximum: number) {
    super(
      `A hub has at most ${maximum} variables. Delete one first, or keep many values in a list.`,
      { extra: { maximum } },
      '422.max-exceeded',
    );
  }
}
