import { ConflictError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';

export class GroupNotFoundError extends NotFoundError {
  constructor() {
    super('hub.group', 'There is no such user group in this hub.');
  }
}

export class GroupNameTakenError extends ConflictError {
  constructor(name: string) {
    super(`A user group named "${name}" exists already. Names are compared without case.`, { source: '/name' });
  }
}

export class UnknownListError extends InvalidInputError {
  constructor(index: number) {
    super('There is no such list in this hub. Send the id of one of its lists, or * for all.', {
      source: `/permissions/lists/${index}/list_id`,
    });
  }
}

export class RepeatedListError extends InvalidInputError {
  constructor(index: number) {
    super('This list has an entry already. Send one entry per list.', {
      source: `/permissions/lists/${index}/list_id`,
    });
  }
}

export class GroupInUseError extends ConflictError {
  constructor(keyIds: readonly string[]) {
    super(
      'API keys belong to this user group. Move or delete them first; they are in extra.api_keys.',
      { extra: { api_keys: keyIds } },
      '409.in-use',
    );
  }
}
