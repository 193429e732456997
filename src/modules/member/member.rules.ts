import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import {
  ALL_SCOPES,
  assertMayGrant,
  type Creator,
  type Mutation,
  type Principal,
  reachesKeysOf,
  type RoleFacts,
  standInFor,
  holdsCapability,
  CeilingError,
} from '../../access/index.js';
import { type ApiKey, ApiKeyService } from '../api-key/index.js';
import { RoleService } from '../role/index.js';
import { KeysAboveError, UnknownRoleError } from './member.errors.js';
import { MemberRepository } from './member.repository.js';
import { type Membership } from './membership.entity.js';

/** What a person acts with, besides the role. */
const UNCONFINED = { ips: null, expiresAt: null, scopes: ALL_SCOPES };

/** Who may let whom in, on the facts of the transaction that does it. */
@Injectable()
export class MemberRules {
  constructor(
    private readonly members: MemberRepository,
    private readonly roles: RoleService,
    private readonly keys: ApiKeyService,
  ) {}

  /** A live role of the hub that the actor may give to a person. @throws UnknownRoleError, CeilingError */
  async getGrantable({ tx, actor }: Mutation, roleId: string): Promise<RoleFacts> {
    const role = await this.roles.findFacts(tx, actor.hubId, roleId);
    if (!role) {
      throw new UnknownRoleError();
    }
    assertMayGrant(actor, { memberRole: role });
    return role;
  }

  /** Whether who sent an invite could send it now: they are still there, and hold what they would give away. */
  async isStillGiven(tx: EntityManager, invite: Membership, now: number): Promise<boolean> {
    const role = await this.roles.findFacts(tx, invite.hubId, invite.roleId);
    const sender = await this.findSender(tx, invite, now);
    return role !== null && sender !== null && mayInvite(sender, role);
  }

  /** The pending invites of somebody which they could no longer send with this role; null = they have none any more. */
  async findVoid(tx: EntityManager, hubId: string, sender: Creator, role: RoleFacts | null): Promise<Membership[]> {
    const pending = await this.members.pendingFrom(tx, hubId, sender);
    const actor = role && standInFor(hubId, sender, { role, ...UNCONFINED });
    const verdicts = pending.map(async (invite) => {
      const given = await this.roles.findFacts(tx, hubId, invite.roleId);
      return actor && given && mayInvite(actor, given) ? [] : [invite];
    });
    return (await Promise.all(verdicts)).flat();
  }

  /** @throws KeysAboveError when keys that they made would be out of reach for somebody with this role */
  async assertKeysWithinReach(mutation: Mutation, accountId: string, role: RoleFacts): Promise<void> {
    const created = await this.keys.settleCreated(mutation, accountId, 'keep');
    const above = await this.above(mutation, created, role);
    if (above.length > 0) {
      throw new KeysAboveError(above.map(({ id }) => id));
    }
  }

  private async above({ tx }: Mutation, keys: readonly ApiKey[], role: RoleFacts): Promise<ApiKey[]> {
    const verdicts = keys.map(async (key) => {
      const held = await this.roles.findFacts(tx, key.hubId, key.roleId);
      return held && reachesKeysOf(role, held) ? [] : [key];
    });
    return (await Promise.all(verdicts)).flat();
  }

  private async findSender(tx: EntityManager, invite: Membership, now: number): Promise<Principal | null> {
    const { hubId, creatorId: id, creatorType: type } = invite;
    if (type === 'api-key') {
      const standing = await this.keys.findStanding(tx, hubId, id, now);
      return standing && standInFor(hubId, { id, type }, standing);
    }
    const member = await this.members.findByAccount(hubId, id, tx);
    const role = member && (await this.roles.findFacts(tx, hubId, member.roleId));
    return role && standInFor(hubId, { id, type: 'account' }, { role, ...UNCONFINED });
  }
}

function mayInvite(sender: Principal, memberRole: RoleFacts): boolean {
  if (!holdsCapability(sender.record.role.capabilities, 'hubs-invites-send')) {
    return false;
  }
  try {
    assertMayGrant(sender, { memberRole });
    return true;
  } catch (error) {
    if (error instanceof CeilingError) {
      return false;
    }
    throw error;
  }
}
