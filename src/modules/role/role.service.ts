import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import {
  assertMayGrant,
  authorize,
  type Creator,
  creatorOf,
  holdsCapability,
  isCapability,
  type Mutation,
  Mutations,
  type Principal,
  type RoleFacts,
  type ScopeSet,
  scopesOfPeople,
} from '../../access/index.js';
import { newId } from '../../common/ids.js';
import { nameKey } from '../../common/name-key.js';
import { Precondition } from '../../common/precondition.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { bornOf } from '../../database/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { type Job, JobService } from '../job/index.js';
import { DEFAULT_ROLES, type DefaultRole } from './default-roles.js';
import { type CreateRoleDto, type UpdateRoleDto } from './dto/role.dto.js';
import { Role } from './role.entity.js';
import {
  RoleInUseError,
  RoleNotFoundError,
  RoleRankError,
  RootRoleError,
  UnknownCapabilityError,
} from './role.errors.js';
import { type RoleCounts, RoleRepository } from './role.repository.js';

const NAMED_HOLDERS_MAX = 20;

@Injectable()
export class RoleService {
  constructor(
    private readonly roles: RoleRepository,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
    private readonly jobs: JobService,
  ) {}

  list(principal: Principal, query: ResourceQuery): Promise<Role[]> {
    return this.roles.list(principal.hubId, query);
  }

  async get(principal: Principal, id: string): Promise<Role> {
    const role = await this.roles.find(principal.hubId, id);
    if (!role) {
      throw new RoleNotFoundError();
    }
    authorize(principal, 'read', role);
    return role;
  }

  /** Who holds each of these roles of the hub, in numbers, by the role's id. */
  countsOf(principal: Principal, roles: readonly Role[]): Promise<Map<string, RoleCounts>> {
    const ids = roles.map((role) => role.id);
    return this.roles.countHolders(principal.hubId, ids);
  }

  create(principal: Principal, input: CreateRoleDto): Promise<Role> {
    return this.mutations.run(principal, 'hubs-roles-manage', async (mutation) => {
      const { tx, actor, now } = mutation;
      const capabilities = capabilitiesOf(input.capabilities ?? null);
      assertMayGrant(actor, { role: { rank: input.rank, capabilities } });
      const { identifier, rank, name = null, extra = null } = input;
      const role = newRole(actor.hubId, creatorOf(actor), now, { identifier, name, rank, root: false, capabilities });
      role.extra = extra;
      await this.roles.insert(tx, role);
      await this.activity.recordChange(mutation, 'hub.role.create', componentOf(role), {}, facts(role));
      return role;
    });
  }

  update(principal: Principal, id: string, input: UpdateRoleDto, precondition = Precondition.NONE): Promise<Role> {
    return this.mutations.run(principal, 'hubs-roles-manage', async (mutation) => {
      const { tx, actor, now } = mutation;
      const role = await this.getEditable(mutation, id);
      precondition.assertHolds(role);
      const before = facts(role);
      const { rank, capabilities } = role;
      const usedToReach = scopesOfPeople(role);
      applyEdit(role, input);
      const widens = isWider(role, { rank, capabilities });
      assertMayGrant(actor, { role, widens, scopes: await this.scopesGained(tx, role, usedToReach) });
      role.revision += 1;
      role.updatedAt = now;
      await this.roles.update(tx, role);
      await this.activity.recordChange(mutation, 'hub.role.update', componentOf(role), before, facts(role));
      mutation.changed({ kind: 'role', id });
      return role;
    });
  }

  /** Refused while keys or members hold the role, or an invite would give it. The row stays, marked deleted. */
  delete(principal: Principal, id: string, precondition = Precondition.NONE): Promise<Job> {
    return this.mutations.run(principal, 'hubs-roles-manage', async (mutation) => {
      const { tx, now } = mutation;
      const role = await this.getEditable(mutation, id);
      precondition.assertHolds(role);
      const holders = await this.roles.holders(tx, role.hubId, id, NAMED_HOLDERS_MAX);
      if (Object.values(holders).some((ids) => ids.length > 0)) {
        throw new RoleInUseError(holders);
      }
      role.deletedAt = now;
      role.revision += 1;
      await this.roles.update(tx, role);
      await this.activity.recordChange(mutation, 'hub.role.delete', componentOf(role), facts(role), {});
      mutation.changed({ kind: 'role', id });
      return this.jobs.completed(mutation, 'hub.role.delete', componentOf(role));
    });
  }

  /** The roles that every new hub starts with; returns them by identifier. */
  async createDefaults(tx: EntityManager, hubId: string, creator: Creator, now: number): Promise<Map<string, Role>> {
    const made = DEFAULT_ROLES.map((role) => newRole(hubId, creator, now, role, role.identifier));
    await this.roles.insert(tx, made);
    return new Map(made.map((role) => [role.identifier, role]));
  }

  /** The facts of a live role of this hub, for whoever hands it to a key; null when there is none. */
  async findFacts(tx: EntityManager, hubId: string, id: string): Promise<RoleFacts | null> {
    const role = await this.roles.find(hubId, id, tx);
    return role && factsOf(role);
  }

  findByDefault(tx: EntityManager, hubId: string, defaultOf: string): Promise<Role | null> {
    return this.roles.findByDefault(hubId, defaultOf, tx);
  }

  findMany(hubId: string, ids: readonly string[]): Promise<Role[]> {
    return this.roles.findMany(hubId, ids);
  }

  /** Those that people get to hand on when their role begins to let them make keys. */
  private async scopesGained(tx: EntityManager, role: Role, before: ScopeSet): Promise<ScopeSet> {
    const gained = scopesOfPeople(role) & ~before;
    const held = gained !== 0 && (await this.roles.isHeldByPeople(tx, role.hubId, role.id));
    return held ? gained : 0;
  }

  private async getEditable({ tx, actor }: Mutation, id: string): Promise<Role> {
    const role = await this.roles.find(actor.hubId, id, tx);
    if (!role) {
      throw new RoleNotFoundError();
    }
    authorize(actor, 'update', role);
    if (role.root) {
      throw new RootRoleError();
    }
    if (!actor.record.role.root && role.rank >= actor.record.role.rank) {
      throw new RoleRankError(role.rank);
    }
    return role;
  }
}

export function factsOf(role: Role): RoleFacts {
  const { id, identifier, rank, root, capabilities } = role;
  return { id, identifier, rank, root, capabilities, live: role.deletedAt === null };
}

function newRole(
  hubId: string,
  creator: Creator,
  now: number,
  shape: DefaultRole | (Omit<DefaultRole, 'name'> & { name: string | null }),
  defaultOf: string | null = null,
): Role {
  return Object.assign(new Role(), {
    ...shape,
    nameKey: keyOf(shape.name),
    id: newId(now),
    hubId,
    defaultOf,
    extra: null,
    revision: 1,
    ...bornOf(creator, now),
  });
}

function capabilitiesOf(input: { all: boolean; specific: string[] } | null): { all: boolean; specific: string[] } {
  const { all, specific } = input ?? { all: false, specific: [] };
  specific.forEach((name, index) => {
    if (!isCapability(name)) {
      throw new UnknownCapabilityError(name, index);
    }
  });
  return { all, specific: [...new Set(specific)].sort() };
}

/** Undefined leaves, null clears. */
function applyEdit(role: Role, { name, identifier, rank, capabilities, extra }: UpdateRoleDto): void {
  const edit: Partial<Role> = {
    ...(name !== undefined && { name, nameKey: keyOf(name) }),
    ...(identifier !== undefined && { identifier }),
    ...(rank !== undefined && { rank }),
    ...(capabilities !== undefined && { capabilities: capabilitiesOf(capabilities) }),
    ...(extra !== undefined && { extra }),
  };
  Object.assign(role, edit);
}

function keyOf(name: string | null): string | null {
  return name === null ? null : nameKey(name);
}

/** Whether its holders can do more than before, or to more of the others. */
function isWider(role: Pick<Role, 'rank' | 'capabilities'>, before: Pick<Role, 'rank' | 'capabilities'>): boolean {
  const { all, specific } = role.capabilities;
  const added = specific.some((name) => !holdsCapability(before.capabilities, name));
  return role.rank > before.rank || added || (all && !before.capabilities.all);
}

/** What the audit compares. */
function facts({ name, identifier, rank, capabilities, extra }: Role): Record<string, unknown> {
  return { name, identifier, rank, capabilities, extra };
}

function componentOf({ id }: Role): { type: string; id: string } {
  return { type: 'role', id };
}
