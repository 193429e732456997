import { isoOrNull } from '../../../common/http/contract.js';
import { type AccountPrincipal } from '../../../access/index.js';
import { type AccountSession } from '../account-session.entity.js';
import { type NewSession } from '../session.service.js';

/** A session that was just made. */
export class SessionTokenResponse {
  /** To be sent as bearer. It is in this answer and never again. @example hgs_0199e2f1a0c34b5d6e7f8091_… */
  token: string;
  /** @example 2026-03-01T20:00:00.000Z */
  expires: string;
  /** True after a one-time password: the session can only choose another password. @example false */
  password_change_required: boolean;

  static from({ token, session }: NewSession): SessionTokenResponse {
    const expires = new Date(session.expiresAt).toISOString();
    return { token, expires, password_change_required: session.passwordOnce };
  }
}

/** A session, without anything that could be used as one. */
export class SessionResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example 2026-03-01T08:00:00.000Z */
  created: string;
  /** @example 2026-03-01T20:00:00.000Z */
  expires: string;
  /** Written once a minute; null = not yet. @example 2026-03-01T09:30:00.000Z */
  last_used: string | null;
  /** @example 192.0.2.10 */
  last_used_address: string | null;
  /** Where the sign-in came from. @example 192.0.2.10 */
  address: string | null;
  /** @example "curl/8.5.0" */
  user_agent: string | null;
  /** Whether the sign-in proved a second factor. @example true */
  second_factor: boolean;
  /** The session that asks. @example true */
  current: boolean;

  static many(sessions: readonly AccountSession[], { session }: AccountPrincipal): SessionResponse[] {
    return sessions.map((one) => SessionResponse.from(one, session.sessionId));
  }

  static from(session: AccountSession, currentId: string): SessionResponse {
    return {
      id: session.id,
      created: new Date(session.createdAt).toISOString(),
      expires: new Date(session.expiresAt).toISOString(),
      last_used: isoOrNull(session.lastUsedAt),
      last_used_address: session.lastUsedAddress,
      address: session.address,
      user_agent: session.userAgent,
      second_factor: session.secondFactor,
      current: session.id === currentId,
    };
  }
}
