import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import {
  assertMayGrant,
  authorize,
  creatorOf,
  type GroupFacts,
  type GroupPermissions,
  type Mutation,
  Mutations,
  missingPermissions,
  type Principal,
} from '../../access/index.js';
import { newId } from '../../common/ids.js';
import { nameKey } from '../../common/name-key.js';
import { Precondition } from '../../common/precondition.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { bornOf } from '../../database/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { type CreateGroupDto, type UpdateGroupDto } from './dto/group.dto.js';
import { GroupInUseError, GroupNotFoundError } from './group.errors.js';
import { GroupRepository } from './group.repository.js';
import { PermissionReader } from './permission-reader.js';
import { UserGroup } from './user-group.entity.js';

const NAMED_KEYS_MAX = 20;

@Injectable()
export class GroupService {
  constructor(
    private readonly groups: GroupRepository,
    private readonly permissions: PermissionReader,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
  ) {}

  list(principal: Principal, query: ResourceQuery): Promise<UserGroup[]> {
    return this.groups.list(principal.hubId, query);
  }

  async get(principal: Principal, id: string): Promise<UserGroup> {
    const group = await this.groups.find(principal.hubId, id);
    if (!group) {
      throw new GroupNotFoundError();
    }
    authorize(principal, 'read', group);
    return group;
  }

  create(principal: Principal, input: CreateGroupDto): Promise<UserGroup> {
    return this.mutations.run(principal, 'groups-manage', async (mutation) => {
      const { tx, actor } = mutation;
      const permissions = await this.permissions.read(tx, actor.hubId, input.permissions);
      assertMayGrant(actor, { permissions });
      const group = newGroup(mutation, input, permissions);
      await this.groups.insert(tx, group);
      await this.activity.recordChange(mutation, 'hub.group.create', componentOf(group), {}, facts(group));
      return group;
    });
  }

  update(
    principal: Principal,
    id: string,
    input: UpdateGroupDto,
    precondition = Precondition.NONE,
  ): Promise<UserGroup> {
    return this.mutations.run(principal, 'groups-manage', async (mutation) => {
      const { tx, actor, now } = mutation;
      const group = await this.getEditable(mutation, id);
      precondition.assertHolds(group);
      const before = facts(group);
      if (input.name !== undefined) {
        group.name = input.name.trim();
        group.nameKey = nameKey(input.name);
      }
      group.description = input.description === undefined ? group.description : input.description;
      if (input.permissions !== undefined) {
        const { permissions: had } = group;
        group.permissions = await this.permissions.read(tx, group.hubId, input.permissions, had);
        const widens = missingPermissions(group.permissions, had).length > 0;
        assertMayGrant(actor, { permissions: group.permissions, widens });
      }
      group.revision += 1;
      group.updatedAt = now;
      await this.groups.update(tx, group);
      await this.activity.recordChange(mutation, 'hub.group.update', componentOf(group), before, facts(group));
      mutation.changed({ kind: 'group', id });
      return group;
    });
  }

  /** Refused while keys belong to it. The row stays, marked deleted; its name is free again. */
  delete(principal: Principal, id: string, precondition = Precondition.NONE): Promise<UserGroup> {
    return this.mutations.run(principal, 'groups-manage', async (mutation) => {
      const { tx, now } = mutation;
      const group = await this.getEditable(mutation, id);
      precondition.assertHolds(group);
      const members = await this.groups.keysIn(tx, group.hubId, id, NAMED_KEYS_MAX);
      if (members.length > 0) {
        throw new GroupInUseError(members);
      }
      group.deletedAt = now;
      group.nameKey = null;
      group.revision += 1;
      await this.groups.update(tx, group);
      await this.activity.recordChange(mutation, 'hub.group.delete', componentOf(group), facts(group), {});
      mutation.changed({ kind: 'group', id });
      return group;
    });
  }

  /** The facts of a live group of this hub, for whoever puts a key in it; null when there is none. */
  async findFacts(tx: EntityManager, hubId: string, id: string): Promise<GroupFacts | null> {
    const group = await this.groups.find(hubId, id, tx);
    return group && { id: group.id, name: group.name, permissions: group.permissions };
  }

  private async getEditable({ tx, actor }: Mutation, id: string): Promise<UserGroup> {
    const group = await this.groups.find(actor.hubId, id, tx);
    if (!group) {
      throw new GroupNotFoundError();
    }
    authorize(actor, 'update', group);
    return group;
  }
}

function newGroup({ actor, now }: Mutation, input: CreateGroupDto, permissions: GroupPermissions): UserGroup {
  return Object.assign(new UserGroup(), {
    id: newId(now),
    hubId: actor.hubId,
    name: input.name.trim(),
    nameKey: nameKey(input.name),
    description: input.description ?? null,
    permissions,
    revision: 1,
    ...bornOf(creatorOf(actor), now),
  });
}

function facts({ name, description, permissions }: UserGroup): Record<string, unknown> {
  return { name, description, permissions };
}

function componentOf({ id }: UserGroup): { type: string; id: string } {
  return { type: 'group', id };
}
