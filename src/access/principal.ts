import { type Address, type AddressList } from '../common/ip/address.js';
import { type Ability } from './ability.js';
import { type CapabilitySet } from './capabilities.js';
import { type GroupPermissions } from './rights.js';
import { type ScopeSet } from './scopes.js';

/** The kinds of things that act in a hub. `platform` is the server's own command line. */
export type PrincipalKind = 'api-key' | 'access-token' | 'session' | 'platform';

/**
 * Everything that a decision in one hub needs of one credential: a secret of a key, or a session of a member. Found by
 * one SELECT, cached, never written back.
 */
export interface PrincipalRecord {
  readonly hubId: string;
  readonly hubName: string;
  readonly hubLive: boolean;
  /** What acts: a key, or the account of a member. */
  readonly subjectType: Creator['type'];
  readonly subjectId: string;
  readonly subjectName: string;
  readonly subjectLive: boolean;
  /** Moves when the key's tokens must die: disabled, deleted, or its tokens ended. */
  readonly kv: number;
  /** When the key ends, epoch milliseconds; null = never, as for every account. */
  readonly expiresAt: number | null;
  /** Where the credential may be used from; null = anywhere. */
  readonly ips: AddressList | null;
  readonly scopes: ScopeSet;
  /** The secret, or the session. */
  readonly credentialId: string;
  /** Epoch milliseconds; null = lives as long as its key. */
  readonly credentialEndsAt: number | null;
  /** False once the credential was ended by hand: then no clock is asked. */
  readonly credentialLive: boolean;
  /** The hub takes this credential only at its own domains. */
  readonly requiresDomain: boolean;
  /** The hub asks members for a second factor, and this session has proved none. */
  readonly lacksSecondFactor: boolean;
  readonly role: RoleFacts;
  readonly group: GroupFacts | null;
}

export interface RoleFacts {
  readonly id: string;
  readonly identifier: string;
  readonly live: boolean;
  readonly rank: number;
  readonly root: boolean;
  readonly capabilities: CapabilitySet;
}

export interface GroupFacts {
  readonly id: string;
  readonly name: string;
  readonly permissions: GroupPermissions;
}

/** A host name that stands for a hub: claimed by it, approved by whoever runs the server. */
export interface HubDomain {
  readonly id: string;
  readonly hubId: string;
  /** Canonical: lower case, A-labels, no dot at the end, no port. */
  readonly name: string;
}

/** How a request came in. A credential that is good may still be refused by it; nobody is let in by it. */
export interface Origin {
  /** Where the request came from; null = unknown, which no address list admits. */
  readonly address: Address | null;
  /** The domain at which the request arrived; null = a host that is no hub's. */
  readonly domain: HubDomain | null;
}

/** Who is asking, decided once per request by the guard. */
export interface Principal extends Origin {
  readonly kind: PrincipalKind;
  readonly hubId: string;
  readonly record: PrincipalRecord;
  /** What the credential may use now: the key's scopes, for a token also the token's. */
  readonly scopes: ScopeSet;
  readonly ability: Ability;
  /** When the presented credential ends by itself, epoch milliseconds; null = never. */
  readonly expiresAt: number | null;
  /** The request it came with, for the audit; null = the command line. */
  readonly request: RequestFacts | null;
}

/** Everything about one session of one account, with what the account is in each of its hubs. */
export interface SessionRecord {
  readonly sessionId: string;
  readonly accountId: string;
  readonly email: string;
  /** Whether the address was proved. */
  readonly verified: boolean;
  readonly accountLive: boolean;
  /** False once it was signed out or ended. */
  readonly live: boolean;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** Whether the sign-in proved a second factor. */
  readonly secondFactor: boolean;
  /** Signed in with a password that the server handed out: good for choosing another one only. */
  readonly passwordOnce: boolean;
  /** By hub id. */
  readonly memberships: ReadonlyMap<string, PrincipalRecord>;
}

/** A signed-in person, in no hub in particular. */
export interface AccountPrincipal extends Origin {
  readonly session: SessionRecord;
  readonly request: RequestFacts | null;
}

/** What a decision about a box's own report needs. */
export interface BoxRecord {
  readonly hubId: string;
  readonly hubLive: boolean;
  readonly boxId: string;
}

/** A box that reports itself. It has no rights: it can speak of itself alone. */
export interface BoxPrincipal extends BoxRecord {
  readonly address: Address | null;
  readonly request: RequestFacts | null;
}

export interface RequestFacts {
  readonly id: string;
  readonly method: string;
  /** Path without the query: nothing a client puts there is repeated. */
  readonly path: string;
}

/** Who made a thing (management contract §6, CreatorScope). */
export interface Creator {
  readonly id: string;
  readonly type: 'api-key' | 'account' | 'platform';
}

/** The command line has no row of its own; its id is zero. */
export const PLATFORM: Creator = { id: '0'.repeat(24), type: 'platform' };
