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

export class ColumnsOfEveryListError extends InvalidInputError {
  constructor(source: string) {
    super(
      'Columns belong to one list: read_only_columns cannot stand beside *. Send an entry with the id of the list.',
      {
        source,
      },
    );
  }
}

export class UnknownColumnIdError extends InvalidInputError {
  constructor(source: string, columns: readonly { readonly id: number; readonly name: string }[]) {
    const named = columns.map(({ id, name }) => `${id} (${name})`).join(', ');
    const known = columns.map(({ id, name }) => ({ id, name }));
    super(`The list has no column with this id. Its columns: ${named}.`, { source, extra: { columns: known } });
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
