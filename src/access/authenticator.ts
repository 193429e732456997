import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { AppError, UnavailableError } from '../common/errors/index.js';
import { clientBucket, type ClientAddress } from '../common/http/client-address.js';
import { AbilityFactory } from './ability.factory.js';
import {
  BadCredentialError,
  EndedSecretError,
  HubNotNamedError,
  RightsChangedError,
  WrongHubError,
} from './access.errors.js';
import { ChangeFeed } from './change-feed.js';
import { assertPasswordChosen, assertSessionUsable, assertUsable, earliest } from './credential.js';
import { parseKeySecret, type ParsedSecret, parseSecret } from './key-secret.js';
import { PrincipalCache } from './principal-cache.js';
import { BoxDirectory, PrincipalDirectory, SessionDirectory, TokenVerifier } from './principal-directory.js';
import {
  type AccountPrincipal,
  type BoxPrincipal,
  type HubDomain,
  type Origin,
  type Principal,
  type PrincipalRecord,
  type SessionRecord,
} from './principal.js';
import { type RecordCache } from './record-cache.js';
import { UnknownKeyThrottle } from './unknown-key-throttle.js';
import { UsageLog } from './usage-log.js';

const BAD_KEY = 'The API key is not valid.';
const BAD_SESSION = 'The session is not valid.';
const BAD_TOKEN = 'The access token is not valid.';
const BAD_BOX_TOKEN = 'The box token is not valid.';

/** How a request came in, as it shows; every request of Fastify is one. */
export interface Arrival {
  readonly client: ClientAddress;
  readonly domain: HubDomain | null;
}

/** Turns a presented credential into who is asking, or refuses it. A known credential costs no SQL while the lease holds. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly directory: PrincipalDirectory,
    private readonly sessions: SessionDirectory,
    private readonly tokens: TokenVerifier,
    private readonly boxes: BoxDirectory,
    private readonly cache: PrincipalCache,
    private readonly feed: ChangeFeed,
    private readonly abilities: AbilityFactory,
    private readonly throttle: UnknownKeyThrottle,
    private readonly usage: UsageLog,
    private readonly clock: Clock,
  ) {}

  /** An API key, presented whole. Junk is refused by its checksum, before any look-up. */
  async authenticateKey(text: string, arrival: Arrival): Promise<Principal> {
    const parsed = this.parsed(parseKeySecret(text), BAD_KEY);
    const load = () => this.directory.findByDigest(parsed.id, parsed.digest);
    const record = await this.lookUp(this.cache.keys, parsed, arrival.client, load);
    if (!record) {
      throw new BadCredentialError(BAD_KEY);
    }
    const origin = originOf(arrival);
    this.admitKey(record, origin);
    const expiresAt = earliest(record.expiresAt, record.credentialEndsAt);
    return this.principal('api-key', record, record.scopes, expiresAt, origin);
  }

  /** The session of a person, in no hub yet. */
  async authenticateSession(text: string, { client, domain }: Arrival): Promise<AccountPrincipal> {
    const parsed = this.parsed(parseSecret('session', text), BAD_SESSION);
    const load = () => this.sessions.findByDigest(parsed.id, parsed.digest);
    const session = await this.lookUp(this.cache.sessions, parsed, client, load);
    if (!session) {
      throw new BadCredentialError(BAD_SESSION);
    }
    const now = this.clock.now();
    assertSessionUsable(session, now);
    this.usage.touchSession(session.sessionId, client.address, now);
    return { session, address: client.address, domain, request: null };
  }

  /**
   * A person in one of their hubs: the one that is named, or the only one.
   * @throws WrongHubError alike for a hub that is not theirs, is switched off, or never was
   */
  enterHub(account: AccountPrincipal, hubId: string | undefined): Principal {
    const { session } = account;
    assertPasswordChosen(session);
    const record = membershipIn(session, hubId);
    this.countingRefusals(record, account, (now) => assertUsable(record, now, account));
    return this.principal('session', record, record.scopes, session.expiresAt, account);
  }

  /** An access token. Its rights are what its key may do *now*, narrowed by the scopes it was issued with. */
  async authenticateToken(text: string, arrival: Arrival): Promise<Principal> {
    const claims = await orUnavailable(this.tokens.verify(text));
    if (!claims) {
      throw new BadCredentialError(BAD_TOKEN);
    }
    const load = () => this.directory.findBySecretId(claims.secretId);
    const record = await this.resolve(this.cache.keys, claims.secretId, load);
    if (!record || record.subjectId !== claims.keyId || record.hubId !== claims.hubId || record.kv !== claims.kv) {
      throw new BadCredentialError(BAD_TOKEN);
    }
    const origin = originOf(arrival);
    this.admit(record, origin);
    return this.principal('access-token', record, record.scopes & claims.scopes, claims.expiresAt, origin);
  }

  /**
   * Asks once more about a request that has waited, before it acts or is answered: since it came its key may have been
   * revoked, or given other rights. That its token ran out meanwhile is no matter: it was good when the request came.
   * Only tokens are used where requests wait. Costs no SQL while the lease holds.
   * @throws as `authenticateToken`; RightsChangedError when the key may do something else now
   */
  async assertStillHolds({ kind, record, scopes, ability, address, domain }: Principal): Promise<void> {
    if (kind !== 'access-token') {
      return;
    }
    const { credentialId } = record;
    const now = await this.resolve(this.cache.keys, credentialId, () => this.directory.findBySecretId(credentialId));
    if (now?.kv !== record.kv) {
      throw new BadCredentialError(BAD_TOKEN);
    }
    const origin = { address, domain };
    this.countingRefusals(now, origin, (time) => assertUsable(now, time, origin));
    if (now !== record && this.abilities.for(kind, now, now.scopes & scopes) !== ability) {
      throw new RightsChangedError();
    }
  }

  /**
   * A box that reports itself. Asked of the database each time, so that a token that was ended is refused at once on
   * every node; boxes report every few seconds at most.
   */
  async authenticateBox(text: string, client: ClientAddress): Promise<BoxPrincipal> {
    const { id, digest } = this.parsed(parseSecret('box', text), BAD_BOX_TOKEN);
    const load = () => this.boxes.findByDigest(id, digest);
    const box = await orUnavailable(this.throttle.lookUp(digest.toString('base64'), clientBucket(client), load));
    if (!box?.hubLive) {
      throw new BadCredentialError(BAD_BOX_TOKEN);
    }
    return { ...box, address: client.address, request: null };
  }

  private parsed(secret: ParsedSecret | null, refusal: string): ParsedSecret {
    if (!secret) {
      this.usage.countMalformed();
      throw new BadCredentialError(refusal);
    }
    return secret;
  }

  /** The secret itself in hand tells more than a token that outlived it: only the former is an alarm. */
  private admitKey(record: PrincipalRecord, origin: Origin): void {
    try {
      this.admit(record, origin);
    } catch (error) {
      if (error instanceof EndedSecretError) {
        this.usage.noteEndedSecret(record, origin.address);
      }
      throw error;
    }
  }

  private admit(record: PrincipalRecord, origin: Origin): void {
    this.countingRefusals(record, origin, (now) => {
      assertUsable(record, now, origin);
      this.usage.touch(record, origin.address, now);
    });
  }

  private countingRefusals(record: PrincipalRecord, { address }: Origin, check: (now: number) => void): void {
    const now = this.clock.now();
    try {
      check(now);
    } catch (error) {
      this.usage.countRefusal(record, address, error instanceof AppError ? error.code : 'error', now);
      throw error;
    }
  }

  /** Guessing is bounded: only look-ups that would reach the database count. */
  private lookUp<R extends object>(
    cache: RecordCache<R>,
    { digest }: ParsedSecret,
    client: ClientAddress,
    load: () => Promise<R | null>,
  ): Promise<R | null> {
    const lookup = digest.toString('base64');
    return this.resolve(cache, lookup, () => this.throttle.lookUp(lookup, clientBucket(client), load));
  }

  private async resolve<R extends object>(
    cache: RecordCache<R>,
    lookup: string,
    load: () => Promise<R | null>,
  ): Promise<R | null> {
    const trusted = this.feed.leaseHolds();
    const cached = trusted ? cache.find(lookup) : undefined;
    if (cached) {
      return cached;
    }
    if (trusted && cache.isKnownUnknown(lookup)) {
      return null;
    }
    return orUnavailable(trusted ? cache.fill(lookup, load) : load());
  }

  private principal(
    kind: 'api-key' | 'access-token' | 'session',
    record: PrincipalRecord,
    scopes: number,
    expiresAt: number | null,
    { address, domain }: Origin,
  ): Principal {
    const ability = this.abilities.for(kind, record, scopes);
    return { kind, hubId: record.hubId, record, scopes, ability, expiresAt, address, domain, request: null };
  }
}

function originOf({ client, domain }: Arrival): Origin {
  return { address: client.address, domain };
}

/** What a person is in the hub that is named, or in the only one there is. */
export function membershipIn({ memberships }: SessionRecord, hubId: string | undefined): PrincipalRecord {
  const open = [...memberships.values()].filter(({ hubLive, role }) => hubLive && role.live);
  if (hubId === undefined) {
    if (open.length !== 1) {
      throw new HubNotNamedError(open.length);
    }
    return open[0];
  }
  const named = open.find((record) => record.hubId === hubId);
  if (!named) {
    throw new WrongHubError();
  }
  return named;
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
