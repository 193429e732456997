import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';

export class RoleNotFoundError extends NotFoundError {
  constructor() {
    super('hub.role', 'There is no such role in this hub.');
  }
}

export class UnknownCapabilityError extends InvalidInputError {
  constructor(name: string, index: number) {
    super(`"${name}" is no capability. See GET /v1/hubs/capabilities for those that exist.`, {
      source: `/capabilities/specific/${index}`,
      extra: { unknown: name },
    });
  }
}

export class RootRoleError extends ForbiddenError {
  constructor() {
    super('The root role cannot be changed or deleted: it is the way back into the hub.', {}, '403.not-allowed');
  }
}

export class RoleRankError extends ForbiddenError {
  constructor(rank: number) {
    super(`Only a role that ranks above ${rank} may change this role.`, { extra: { rank } });
  }
}

export class RoleInUseError extends ConflictError {
  constructor(keyIds: readonly string[]) {
    super(
      'API keys hold this role. Give them another role or delete them first; they are in extra.api_keys.',
      { extra: { api_keys: keyIds } },
      '409.in-use',
    );
  }
}
