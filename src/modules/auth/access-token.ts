import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { LRUCache } from 'lru-cache';
import { type Principal, scopeNames, scopeSet, type TokenClaims, TokenVerifier } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { isId, newId } from '../../common/ids.js';
import { entriesAtMost } from '../../common/lru.js';
import { Config } from '../../config/index.js';
import { InstallationService } from '../installation/index.js';
import { SigningKeys } from './signing-keys.js';

const ALGORITHM = 'ES256';
const TYPE = 'at+jwt';
const AUDIENCE = 'public-api';
const VERIFIED_MAX = 50_000;
const ISSUED_MAX = 10_000;
/** The part of its life for which a token is handed out again: it still has nearly all of it. */
const REUSED_FOR = 1 / 60;
const LENGTH_MAX = 4096;
/** The longest life that configuration allows; a token that claims more is not ours. */
const LIFE_MAX_SECONDS = 3600;
const SKEW_SECONDS = 60;

export interface IssuedToken {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Access tokens of the public door: RFC 9068 in shape, RFC 8725 in caution, and never a source of authority. */
@Injectable()
export class AccessTokens extends TokenVerifier {
  /** By the SHA-256 of the whole token, so that a changed character is another entry. */
  private readonly verified = new LRUCache<string, TokenClaims>(entriesAtMost(VERIFIED_MAX));
  /** The newest of each credential, by all that a token says. */
  private readonly issued = new LRUCache<string, IssuedToken & { readonly issuedAt: number }>(
    entriesAtMost(ISSUED_MAX),
  );

  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeys,
    private readonly installation: InstallationService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  /**
   * A token for a key, no longer alive than the key's own credential. Who asks again within a moment gets the same one:
   * clients that exchange their key before every request cost no signature each, nor its verification.
   */
  async issue(principal: Principal): Promise<IssuedToken> {
    const { record, scopes, expiresAt } = principal;
    const slot = [this.keys.signer().kid, record.credentialId, record.kv, scopes, expiresAt].join(' ');
    const known = this.issued.get(slot);
    const age = this.clock.now() - (known?.issuedAt ?? 0);
    if (known && age >= 0 && age < this.config.accessTokenTtlSeconds * 1000 * REUSED_FOR) {
      return known;
    }
    const made = { ...(await this.make(principal)), issuedAt: this.clock.now() };
    this.issued.set(slot, made);
    return made;
  }

  private async make({ record, scopes, expiresAt }: Principal): Promise<IssuedToken> {
    const iat = Math.floor(this.clock.now() / 1000);
    const exp = Math.min(iat + this.config.accessTokenTtlSeconds, Math.floor((expiresAt ?? Infinity) / 1000));
    const { kid, privateKey } = this.keys.signer();
    const payload = {
      iss: (await this.installation.get()).id,
      aud: AUDIENCE,
      sub: record.subjectId,
      hub: record.hubId,
      kv: record.kv,
      sid: record.credentialId,
      scope: scopeNames(scopes).join(' '),
      iat,
      exp,
      jti: newId(),
    };
    const header = { alg: ALGORITHM, typ: TYPE, kid } as const;
    const token = await this.jwt.signAsync(payload, { algorithm: ALGORITHM, privateKey, header });
    return { token, expiresAt: exp * 1000 };
  }

  override async verify(token: string): Promise<TokenClaims | null> {
    if (token.length > LENGTH_MAX) {
      return null;
    }
    const digest = hash('sha256', token, 'base64');
    const claims = this.verified.get(digest) ?? (await this.verifyAnew(token, digest));
    return claims && claims.expiresAt > this.clock.now() ? claims : null;
  }

  private async verifyAnew(token: string, digest: string): Promise<TokenClaims | null> {
    const kid = kidOf(token);
    const publicKey = kid === null ? null : await this.keys.verifier(kid);
    if (!publicKey) {
      return null;
    }
    const claims = await this.check(token, publicKey);
    if (claims) {
      this.verified.set(digest, claims);
    }
    return claims;
  }

  private async check(token: string, publicKey: string): Promise<TokenClaims | null> {
    const issuer = (await this.installation.get()).id;
    const clockTimestamp = Math.floor(this.clock.now() / 1000);
    const options = { publicKey, algorithms: [ALGORITHM] as 'ES256'[], issuer, audience: AUDIENCE, clockTimestamp };
    try {
      const payload = await this.jwt.verifyAsync<Record<string, unknown>>(token, options);
      return toClaims(payload, clockTimestamp);
    } catch {
      return null;
    }
  }
}

/** The `kid` of a token whose header is exactly ours and whose three parts are canonical base64url; else null. */
function kidOf(token: string): string | null {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isCanonicalBase64Url)) {
    return null;
  }
  try {
    const header = JSON.parse(Buffer.from(parts[0], 'base64url').toString('utf8')) as Record<string, unknown>;
    const { alg, typ, kid, ...others } = header;
    const ours = alg === ALGORITHM && typ === TYPE && isId(kid) && Object.keys(others).length === 0;
    return ours ? kid : null;
  } catch {
    return null;
  }
}

/** Unused bits in the last character would let a changed token verify. */
function isCanonicalBase64Url(part: string): boolean {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;
}

/** Every claim that a decision needs must be there, in its type and in bounds. */
function toClaims(payload: Record<string, unknown>, nowSeconds: number): TokenClaims | null {
  const { sub, hub, sid, kv, scope, exp, iat } = payload;
  if (!isId(sub) || !isId(hub) || !isId(sid) || typeof scope !== 'string') {
    return null;
  }
  if (!Number.isSafeInteger(kv) || !Number.isSafeInteger(exp) || !Number.isSafeInteger(iat)) {
    return null;
  }
  const [issued, ends] = [iat as number, exp as number];
  if (issued > nowSeconds + SKEW_SECONDS || ends - issued > LIFE_MAX_SECONDS) {
    return null;
  }
  const scopes = scopeSet(scope.split(' '));
  return { keyId: sub, hubId: hub, secretId: sid, kv: kv as number, scopes, expiresAt: ends * 1000 };
}
