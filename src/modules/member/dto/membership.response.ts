import { contractTime, StateResponse } from '../../../common/http/contract.js';
import { type Membership } from '../membership.entity.js';

class MembershipEventsResponse {
  /** @example 2026-03-01T08:00:00.000Z */
  created: string;
  /** @example 2026-03-01T08:00:00.000Z */
  updated: string;
  /** The zero time while it lasts. @example 0001-01-01T00:00:00Z */
  deleted: string;
  /** The zero time until the invite is accepted. @example 2026-03-01T08:00:00.000Z */
  joined: string;
}

class SenderResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example account */
  type: string;
}

class InvitationEventsResponse {
  /** @example 2026-03-01T08:00:00.000Z */
  created: string;
  /** @example 2026-03-01T08:00:00.000Z */
  updated: string;
  /** @example 0001-01-01T00:00:00Z */
  deleted: string;
  /** @example 0001-01-01T00:00:00Z */
  accepted: string;
  /** @example 0001-01-01T00:00:00Z */
  declined: string;
  /** @example 0001-01-01T00:00:00Z */
  revoked: string;
}

class InvitationResponse {
  sender: SenderResponse;
  /** The address that was invited. @example ada@example.com */
  recipient: string;
  events: InvitationEventsResponse;
}

class PreferencesResponse {
  portal: object;
  email: object;
}

class MembershipMetaResponse {
  /** What the role of this membership may administer; `all` is spelt out. @example ["api-keys-manage"] */
  capabilities: string[];
}

/** No notifications are sent here: every preference reads as off. */
const PREFERENCES: PreferencesResponse = {
  portal: { notifications: { jobs: { apikey_alerts: false } } },
  email: { notifications: { server: { new: false, offline: false } } },
};

/** A person in a hub, or the invite of one: the management contract's HubMembership. */
export class MembershipResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** Absent until somebody accepts or declines. @example 0199e2f1a0c34b5d6e7f8091 */
  account_id?: string;
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  hub_id: string;
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  role_id: string;
  /** `pending` is an invite, `accepted` a member. */
  state: StateResponse;
  events: MembershipEventsResponse;
  invitation: InvitationResponse;
  /** When an invite ends that nobody has answered; the zero time for members. @example 2026-03-15T08:00:00.000Z */
  invite_ends_at: string;
  preferences: PreferencesResponse;
  meta?: MembershipMetaResponse;

  /** @param capabilities of its role, where they are asked for */
  static from(membership: Membership, capabilities?: readonly string[]): MembershipResponse {
    const { id, hubId, roleId, accountId, state, stateChangedAt } = membership;
    return {
      id,
      ...(accountId === null ? {} : { account_id: accountId }),
      hub_id: hubId,
      role_id: roleId,
      state: { current: state, changed: contractTime(stateChangedAt) },
      events: { ...eventsOf(membership), joined: contractTime(membership.joinedAt) },
      invitation: invitationOf(membership),
      invite_ends_at: contractTime(membership.inviteEndsAt),
      preferences: PREFERENCES,
      ...(capabilities ? { meta: { capabilities: [...capabilities] } } : {}),
    };
  }
}

function eventsOf({ createdAt, updatedAt, deletedAt }: Membership) {
  return { created: contractTime(createdAt), updated: contractTime(updatedAt), deleted: contractTime(deletedAt) };
}

function invitationOf(membership: Membership): InvitationResponse {
  const { creatorId, creatorType, recipient, joinedAt, state, stateChangedAt } = membership;
  const when = (one: Membership['state']) => contractTime(state === one ? stateChangedAt : null);
  return {
    sender: { id: creatorId, type: creatorType },
    recipient,
    events: {
      ...eventsOf(membership),
      accepted: contractTime(joinedAt),
      declined: when('declined'),
      revoked: when('revoked'),
    },
  };
}
