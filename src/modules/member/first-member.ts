import { type EntityManager } from 'typeorm';
import { PLATFORM } from '../../access/index.js';
import { newId } from '../../common/ids.js';
import { bornOf } from '../../database/index.js';
import { Membership } from './membership.entity.js';

export interface FirstMember {
  readonly hubId: string;
  readonly accountId: string;
  readonly email: string;
  readonly emailKey: string;
  readonly roleId: string;
}

/** The member with whom a hub begins: nobody invited it. */
export async function addFirstMember(tx: EntityManager, member: FirstMember, now: number): Promise<Membership> {
  const { hubId, accountId, email, emailKey, roleId } = member;
  const membership = Object.assign(new Membership(), {
    id: newId(now),
    hubId,
    accountId,
    memberId: accountId,
    roleId,
    state: 'accepted' as const,
    stateChangedAt: now,
    recipient: email,
    recipientKey: emailKey,
    invitedKey: null,
    tokenDigest: null,
    inviteEndsAt: null,
    joinedAt: now,
    revision: 1,
    ...bornOf(PLATFORM, now),
  });
  await tx.insert(Membership, membership);
  return membership;
}
