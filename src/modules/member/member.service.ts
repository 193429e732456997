import { Injectable } from '@nestjs/common';
import {
  assertMayTouchMember,
  authorize,
  type Mutation,
  Mutations,
  type Principal,
  type RoleFacts,
} from '../../access/index.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { type ApiKey, ApiKeyService, type CreatedFate } from '../api-key/index.js';
import { type Job, JobService } from '../job/index.js';
import { RoleService } from '../role/index.js';
import { type UpdateMemberDto } from './dto/member.dto.js';
import { LastRootMemberError, MemberNotFoundError } from './member.errors.js';
import { MemberRepository } from './member.repository.js';
import { MemberRules } from './member.rules.js';
import { type Membership } from './membership.entity.js';
import { componentOf, giveRole, remove } from './membership.factory.js';
import { MembershipRecorder } from './membership.recorder.js';

/** Somebody who was just removed: the job that did it, and the keys that they had made, as they are now. */
export interface RemovedMember {
  readonly job: Job;
  readonly created: readonly ApiKey[];
}

interface Standing {
  readonly member: Membership;
  readonly accountId: string;
  readonly role: RoleFacts;
}

/** The members of a hub, for those who manage them. */
@Injectable()
export class MemberService {
  constructor(
    private readonly members: MemberRepository,
    private readonly rules: MemberRules,
    private readonly roles: RoleService,
    private readonly keys: ApiKeyService,
    private readonly jobs: JobService,
    private readonly mutations: Mutations,
    private readonly recorder: MembershipRecorder,
  ) {}

  list(principal: Principal, query: ResourceQuery): Promise<Membership[]> {
    return this.members.list(principal.hubId, query, ['accepted']);
  }

  /** @throws MemberNotFoundError also for an invite, and for somebody who left */
  async get(principal: Principal, id: string): Promise<Membership> {
    return readable(principal, await this.members.find(principal.hubId, id));
  }

  async getByAccount(principal: Principal, accountId: string): Promise<Membership> {
    return readable(principal, await this.members.findByAccount(principal.hubId, accountId));
  }

  /** The caller's own. @throws MemberNotFoundError for a key, which is no member */
  async getOwn({ hubId, record }: Principal): Promise<Membership> {
    return orNotFound(await this.members.findByAccount(hubId, record.subjectId));
  }

  /** Acts at once, on every session of the person. */
  update(principal: Principal, id: string, { role_id }: UpdateMemberDto): Promise<Membership> {
    return this.mutations.run(principal, 'hubs-members-manage', async (mutation) => {
      const standing = await this.getTouchable(mutation, id);
      const { member } = standing;
      if (role_id !== undefined && role_id !== member.roleId) {
        await this.changeRole(mutation, standing, role_id);
      }
      return member;
    });
  }

  /** The person is out at once, on every node within a second; what they made goes too, when that is asked for. */
  remove(principal: Principal, id: string, fate: CreatedFate): Promise<RemovedMember> {
    return this.mutations.run(principal, 'hubs-members-manage', async (mutation) => {
      const { member, accountId, role } = await this.getTouchable(mutation, id);
      await this.recorder.write(mutation, 'hub.membership.delete', member, () => remove(member, mutation.now));
      mutation.changed({ kind: 'account', id: accountId });
      const created = await this.keys.settleCreated(mutation, accountId, fate);
      await this.assertHubKeepsRoot(mutation, role);
      await this.revokeVoid(mutation, accountId, null);
      return { job: await this.jobs.completed(mutation, 'hub.membership.delete', componentOf(member)), created };
    });
  }

  private async changeRole(mutation: Mutation, standing: Standing, roleId: string): Promise<void> {
    const { member, accountId, role: old } = standing;
    const role = await this.rules.getGrantable(mutation, roleId);
    if (mutation.actor.record.subjectId === accountId) {
      await this.rules.assertKeysWithinReach(mutation, accountId, role);
    }
    await this.recorder.write(mutation, 'hub.membership.update', member, () => giveRole(member, role.id, mutation.now));
    await this.assertHubKeepsRoot(mutation, old);
    mutation.changed({ kind: 'account', id: accountId });
    await this.revokeVoid(mutation, accountId, role);
  }

  private async getTouchable({ tx, actor }: Mutation, id: string): Promise<Standing> {
    const member = readable(actor, await this.members.find(actor.hubId, id, tx));
    const role = await this.roles.findFacts(tx, member.hubId, member.roleId);
    if (!role || member.memberId === null) {
      throw new MemberNotFoundError();
    }
    authorize(actor, 'update', member);
    assertMayTouchMember(actor, role);
    return { member, role, accountId: member.memberId };
  }

  /** The hub's row is locked, so two root members who remove each other cannot both pass. */
  private async assertHubKeepsRoot(mutation: Mutation, lost: RoleFacts): Promise<void> {
    if (lost.root && !(await this.keys.hasWayIn(mutation))) {
      throw new LastRootMemberError();
    }
  }

  /** What somebody began and could no longer begin does not stay open behind them. */
  private async revokeVoid(mutation: Mutation, accountId: string, role: RoleFacts | null): Promise<void> {
    const { tx, actor } = mutation;
    for (const invite of await this.rules.findVoid(tx, actor.hubId, { id: accountId, type: 'account' }, role)) {
      await this.recorder.revoke(mutation, invite);
    }
  }
}

function orNotFound(member: Membership | null): Membership {
  if (member?.state !== 'accepted') {
    throw new MemberNotFoundError();
  }
  return member;
}

function readable(principal: Principal, found: Membership | null): Membership {
  const member = orNotFound(found);
  authorize(principal, 'read', member);
  return member;
}
