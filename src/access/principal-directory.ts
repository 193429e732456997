import { type EntityManager } from 'typeorm';
import { type BoxRecord, type HubDomain, type PrincipalRecord, type SessionRecord } from './principal.js';

/** How the access core looks a principal up. A module implements it, in one SQL join. */
export abstract class PrincipalDirectory {
  /** By what the caller holds: the SHA-256 of the whole secret. Null: no such secret. */
  abstract findByDigest(keyId: string, digest: Buffer): Promise<PrincipalRecord | null>;
  /** By a token's `sid`, or to re-read an actor inside its transaction. Null: no such secret. */
  abstract findBySecretId(secretId: string, tx?: EntityManager): Promise<PrincipalRecord | null>;
  /** Locks the hub's row until the transaction ends: management changes of one hub happen one after the other. */
  abstract lockHub(tx: EntityManager, hubId: string): Promise<void>;
}

/** How the access core looks sessions up, with what their account is in each of its hubs: one SELECT. */
export abstract class SessionDirectory {
  /** By what the caller holds: the SHA-256 of the whole token. Null: no such session. */
  abstract findByDigest(sessionId: string, digest: Buffer): Promise<SessionRecord | null>;
  /** To re-read an actor inside its transaction. Null: no such session. */
  abstract findById(sessionId: string, tx: EntityManager): Promise<SessionRecord | null>;
  /** Locks the account's row until the transaction ends: changes of one account happen one after the other. */
  abstract lockAccount(tx: EntityManager, accountId: string): Promise<void>;
}

/** How the access core looks boxes up. The box module implements it, in one SQL join. */
export abstract class BoxDirectory {
  /** By what the box holds: the SHA-256 of its whole token. Null: no such token, or the box is deleted. */
  abstract findByDigest(boxId: string, digest: Buffer): Promise<BoxRecord | null>;
}

/** How the access core asks which hosts are a hub's. The domain module implements it. */
export abstract class DomainDirectory {
  /** Whether it is approved, as it is inside the transaction. */
  abstract isApproved(tx: EntityManager, domain: HubDomain): Promise<boolean>;
  /** Whether the hub has an approved one at all, as it is inside the transaction. */
  abstract hasApproved(tx: EntityManager, hubId: string): Promise<boolean>;
}

/** What a verified access token says. Authority is never read from it: rights come from the record, now. */
export interface TokenClaims {
  readonly keyId: string;
  readonly hubId: string;
  readonly secretId: string;
  readonly kv: number;
  readonly scopes: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Verifies access tokens; the auth module implements it because it owns the signing keys. */
export abstract class TokenVerifier {
  /** Null for anything that is not a live token of this installation for the public door. */
  abstract verify(token: string): Promise<TokenClaims | null>;
}
