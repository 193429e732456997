import { type Address, type AddressList } from '../common/ip/address.js';
import { type Ability } from './ability.js';
import { type CapabilitySet } from './capabilities.js';
import { type GroupPermissions } from './rights.js';
import { type ScopeSet } from './scopes.js';

/** The kinds of things that act. `platform` is the server's own command line. */
export type PrincipalKind = 'api-key' | 'access-token' | 'platform';

/** Everything about one secret of one key that a decision needs; found by one SELECT, cached, never written back. */
export interface PrincipalRecord {
  readonly hubId: string;
  readonly hubName: string;
  readonly hubLive: boolean;
  readonly keyId: string;
  readonly keyName: string;
  readonly keyLive: boolean;
  /** Moves when the key's tokens must die: disabled, deleted, or its tokens ended. */
  readonly kv: number;
  /** Epoch milliseconds; null = never. */
  readonly expiresAt: number | null;
  /** Where the key may be used from; null = anywhere. */
  readonly ips: AddressList | null;
  readonly scopes: ScopeSet;
  readonly secretId: string;
  /** Epoch milliseconds; null = lives as long as its key. */
  readonly secretEndsAt: number | null;
  /** False once the secret was ended by hand: then no clock is asked. */
  readonly secretLive: boolean;
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

/** Who is asking, decided once per request by the guard. */
export interface Principal {
  readonly kind: PrincipalKind;
  readonly hubId: string;
  readonly record: PrincipalRecord;
  /** What the credential may use now: the key's scopes, for a token also the token's. */
  readonly scopes: ScopeSet;
  readonly ability: Ability;
  /** When the presented credential ends by itself, epoch milliseconds; null = never. */
  readonly expiresAt: number | null;
  /** Where the request came from; null = unknown, which no address list admits. */
  readonly address: Address | null;
  /** The request it came with, for the audit; null = the command line. */
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
