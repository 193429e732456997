import { type Creator } from '../../access/index.js';
import { emailKey, plainEmail } from '../../common/email.js';
import { newId } from '../../common/ids.js';
import { bornOf } from '../../database/index.js';
import { Membership } from './membership.entity.js';

/** How long an invite waits for an answer. */
export const INVITE_LIFE_MS = 14 * 24 * 3_600_000;

interface Joining {
  readonly hubId: string;
  readonly roleId: string;
  /** The address that is, or was, invited. */
  readonly recipient: string;
}

/** An invite that waits; its id is part of the token that is mailed. */
export function newInvite({ hubId, roleId, recipient }: Joining, sender: Creator, now: number): Membership {
  const key = emailKey(recipient);
  return Object.assign(new Membership(), {
    id: newId(now),
    hubId,
    accountId: null,
    memberId: null,
    roleId,
    state: 'pending',
    stateChangedAt: now,
    recipient: plainEmail(recipient),
    recipientKey: key,
    invitedKey: key,
    tokenDigest: null,
    inviteEndsAt: now + INVITE_LIFE_MS,
    joinedAt: null,
    revision: 1,
    ...bornOf(sender, now),
  });
}

/** Somebody who is a member without having been invited: whoever makes a hub, or is put there by the command line. */
export function newMember(joining: Joining, accountId: string, sender: Creator, now: number): Membership {
  const membership = newInvite(joining, sender, now);
  accept(membership, accountId, now);
  return membership;
}

export function accept(membership: Membership, accountId: string, now: number): void {
  answer(membership, 'accepted', now);
  Object.assign(membership, { accountId, memberId: accountId, joinedAt: now });
}

export function decline(membership: Membership, accountId: string, now: number): void {
  answer(membership, 'declined', now);
  membership.accountId = accountId;
}

export function revoke(membership: Membership, now: number): void {
  answer(membership, 'revoked', now);
}

/** No longer a member. The row stays, marked deleted; the same person joins again by another invite. */
export function remove(membership: Membership, now: number): void {
  setState(membership, 'deleted', now);
  Object.assign(membership, { memberId: null, deletedAt: now });
}

export function giveRole(membership: Membership, roleId: string, now: number): void {
  Object.assign(membership, { roleId, updatedAt: now, revision: membership.revision + 1 });
}

/** Nobody has answered it in time. */
export function hasEnded({ inviteEndsAt }: Membership, now: number): boolean {
  return inviteEndsAt !== null && inviteEndsAt <= now;
}

/** What the audit compares. */
export function membershipFacts({ accountId, roleId, state, recipient }: Membership): Record<string, unknown> {
  return { account_id: accountId, role_id: roleId, state, recipient };
}

export function componentOf({ id }: Membership): { type: string; id: string } {
  return { type: 'membership', id };
}

/** The one-time token is of no use any more, and the address may be invited again. */
function answer(membership: Membership, state: Membership['state'], now: number): void {
  setState(membership, state, now);
  Object.assign(membership, { invitedKey: null, tokenDigest: null, inviteEndsAt: null });
}

function setState(membership: Membership, state: Membership['state'], now: number): void {
  Object.assign(membership, { state, stateChangedAt: now, updatedAt: now, revision: membership.revision + 1 });
}
