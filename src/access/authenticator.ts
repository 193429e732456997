import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { AppError, UnavailableError } from '../common/errors/index.js';
import { clientBucket, type ClientAddress } from '../common/http/client-address.js';
import { type Address } from '../common/ip/address.js';
import { AbilityFactory } from './ability.factory.js';
import { BadCredentialError, EndedSecretError } from './access.errors.js';
import { ChangeFeed } from './change-feed.js';
import { assertUsable, earliest } from './credential.js';
import { parseKeySecret } from './key-secret.js';
import { PrincipalCache } from './principal-cache.js';
import { PrincipalDirectory, TokenVerifier } from './principal-directory.js';
import { type Principal, type PrincipalRecord } from './principal.js';
import { UnknownKeyThrottle } from './unknown-key-throttle.js';
import { UsageLog } from './usage-log.js';

const BAD_KEY = 'The API key is not valid.';
const BAD_TOKEN = 'The access token is not valid.';

/** Turns a presented credential into a principal, or refuses it. A known credential costs no SQL while the lease holds. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly directory: PrincipalDirectory,
    private readonly tokens: TokenVerifier,
    private readonly cache: PrincipalCache,
    private readonly feed: ChangeFeed,
    private readonly abilities: AbilityFactory,
    private readonly throttle: UnknownKeyThrottle,
    private readonly usage: UsageLog,
    private readonly clock: Clock,
  ) {}

  /** An API key, presented whole. Junk is refused by its checksum, before any look-up. */
  async authenticateKey(text: string, client: ClientAddress): Promise<Principal> {
    const parsed = parseKeySecret(text);
    if (!parsed) {
      this.usage.countMalformed();
      throw new BadCredentialError(BAD_KEY);
    }
    const { address } = client;
    const { keyId, digest } = parsed;
    const lookup = digest.toString('base64');
    const load = () => this.directory.findByDigest(keyId, digest);
    const record = await this.resolve(lookup, () => this.throttle.lookUp(lookup, clientBucket(client), load));
    if (!record) {
      throw new BadCredentialError(BAD_KEY);
    }
    this.admitKey(record, address);
    const expiresAt = earliest(record.expiresAt, record.secretEndsAt);
    return this.principal('api-key', record, record.scopes, expiresAt, address);
  }

  /** An access token. Its rights are what its key may do *now*, narrowed by the scopes it was issued with. */
  async authenticateToken(text: string, { address }: ClientAddress): Promise<Principal> {
    const claims = await orUnavailable(this.tokens.verify(text));
    if (!claims) {
      throw new BadCredentialError(BAD_TOKEN);
    }
    const load = () => this.directory.findBySecretId(claims.secretId);
    const record = await this.resolve(claims.secretId, load);
    if (!record || record.keyId !== claims.keyId || record.hubId !== claims.hubId || record.kv !== claims.kv) {
      throw new BadCredentialError(BAD_TOKEN);
    }
    this.admit(record, address);
    return this.principal('access-token', record, record.scopes & claims.scopes, claims.expiresAt, address);
  }

  /** The secret itself in hand tells more than a token that outlived it: only the former is an alarm. */
  private admitKey(record: PrincipalRecord, address: Address | null): void {
    try {
      this.admit(record, address);
    } catch (error) {
      if (error instanceof EndedSecretError) {
        this.usage.noteEndedSecret(record, address);
      }
      throw error;
    }
  }

  private admit(record: PrincipalRecord, address: Address | null): void {
    const now = this.clock.now();
    try {
      assertUsable(record, now, address);
    } catch (error) {
      this.usage.countRefusal(record, address, error instanceof AppError ? error.code : 'error', now);
      throw error;
    }
    this.usage.touch(record, address, now);
  }

  private async resolve(lookup: string, load: () => Promise<PrincipalRecord | null>): Promise<PrincipalRecord | null> {
    const trusted = this.feed.leaseHolds();
    const cached = trusted ? this.cache.find(lookup) : undefined;
    if (cached) {
      return cached;
    }
    if (trusted && this.cache.isKnownUnknown(lookup)) {
      return null;
    }
    return orUnavailable(trusted ? this.cache.fill(lookup, load) : load());
  }

  private principal(
    kind: 'api-key' | 'access-token',
    record: PrincipalRecord,
    scopes: number,
    expiresAt: number | null,
    address: Address | null,
  ): Principal {
    const ability = this.abilities.for(kind, record, scopes);
    return { kind, hubId: record.hubId, record, scopes, ability, expiresAt, address, request: null };
  }
}

/** A look-up that fails closes the door: 503, never a pass. */
async function orUnavailable<T>(lookup: Promise<T>): Promise<T> {
  try {
    return await lookup;
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    throw new UnavailableError('The credential could not be verified just now. Try again.', { cause: error });
  }
}
