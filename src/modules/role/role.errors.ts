import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';
import { type RoleHolders } from './role.repository.js';

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
  constructor({ apiKeys, members, invites }: RoleHolders) {
    const held = [
      ...(apiKeys.length > 0 ? ['API keys hold this role (extra.api_keys)'] : []),
      ...(members.length > 0 ? ['members have it (extra.members)'] : []),
      ...(invites.length > 0 ? ['pending invites would give it (extra.invites)'] : []),
    ].join(', ');
    super(
      `Still in use: ${held}. Give them another role or remove them first.`,
      { extra: { api_keys: apiKeys, members, invites } },
      '409.in-use',
    );
  }
}
