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

export class UnknownTargetError extends InvalidInputError {
  constructor(noun: string, source: string) {
    super(`There is no such ${noun} in this hub. Send the id of one of its ${plural(noun)}, or * for all.`, { source });
  }
}

export class RepeatedTargetError extends InvalidInputError {
  constructor(noun: string, source: string) {
    super(`This ${noun} has an entry already. Send one entry per ${noun}.`, { source });
  }
}

function plural(noun: string): string {
  return noun.endsWith('x') ? `${noun}es` : `${noun}s`;
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
