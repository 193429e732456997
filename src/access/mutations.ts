import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Database } from '../database/index.js';
import { AbilityFactory } from './ability.factory.js';
import { BadCredentialError, MissingCapabilityError } from './access.errors.js';
import { membershipIn } from './authenticator.js';
import { type Capability, holdsCapability } from './capabilities.js';
import { recordChanges } from './change-recorder.js';
import { assertSessionUsable, assertUsable } from './credential.js';
import { type Dependency } from './dependency.js';
import { OwnDomains } from './own-domains.js';
import { PrincipalCache } from './principal-cache.js';
import { PrincipalDirectory, SessionDirectory } from './principal-directory.js';
import {
  type AccountPrincipal,
  PLATFORM,
  type Principal,
  type PrincipalRecord,
  type SessionRecord,
} from './principal.js';

interface Change {
  readonly tx: EntityManager;
  /** Epoch milliseconds, the same for everything this change writes. */
  readonly now: number;
  /** Says that decisions may differ from now on; goes to the change feed in the same transaction. */
  changed(dependency: Dependency): void;
}

/** What a management change works with, inside its transaction. */
export interface Mutation extends Change {
  /** The caller as the database knows it now, with the hub locked: the only actor that may be used for a decision. */
  readonly actor: Principal;
}

/** What a change of an account by its owner works with, inside its transaction. */
export interface AccountMutation extends Change {
  /** The session as the database knows it now, with the account locked. */
  readonly account: AccountPrincipal;
}

/** Runs management changes: one after the other per hub or account, decided on fresh facts, announced with their commit. */
@Injectable()
export class Mutations {
  constructor(
    private readonly database: Database,
    private readonly directory: PrincipalDirectory,
    private readonly sessions: SessionDirectory,
    private readonly domains: OwnDomains,
    private readonly cache: PrincipalCache,
    private readonly abilities: AbilityFactory,
    private readonly clock: Clock,
  ) {}

  /** @throws MissingCapabilityError when the actor, re-read, no longer has the capability. Nothing is written then. */
  run<T>(principal: Principal, capability: Capability, work: (mutation: Mutation) => Promise<T>): Promise<T> {
    return this.runFor(principal, (mutation) => {
      assertHolds(mutation.actor, capability);
      return work(mutation);
    });
  }

  /** The same where no capability says who may: the work decides on the actor by itself. */
  runFor<T>(principal: Principal, work: (mutation: Mutation) => Promise<T>): Promise<T> {
    return this.announced(principal.hubId, async (tx, changed) => {
      await this.directory.lockHub(tx, principal.hubId);
      // Only now: whatever ended while this waited for the hub has ended for it, too.
      const now = this.clock.now();
      const actor = await this.reread(tx, principal, now);
      return work({ tx, actor, now, changed });
    });
  }

  /**
   * A change of what is a person's own: of no hub, or of the one that is named, which is then locked first.
   * @throws UnauthenticatedError when the session has ended meanwhile
   */
  runForAccount<T>(
    account: AccountPrincipal,
    work: (mutation: AccountMutation) => Promise<T>,
    hubId: string | null = null,
  ): Promise<T> {
    return this.announced(hubId ?? PLATFORM.id, async (tx, changed) => {
      if (hubId !== null) {
        await this.directory.lockHub(tx, hubId);
      }
      await this.sessions.lockAccount(tx, account.session.accountId);
      const now = this.clock.now();
      const session = await this.rereadSession(tx, account.session.sessionId, now);
      return work({ tx, account: { ...account, session }, now, changed });
    });
  }

  /**
   * A change that nobody in particular makes (a sign-in, the command line), or whose caller is checked by the work
   * itself; what it changes goes to the feed with its commit.
   */
  announced<T>(
    hubId: string,
    work: (tx: EntityManager, changed: (dependency: Dependency) => void) => Promise<T>,
  ): Promise<T> {
    const attempt = async (tx: EntityManager): Promise<T> => {
      const changes: Dependency[] = [];
      // Also after a failure: a commit whose answer was lost may have happened.
      this.database.afterTransaction(() => this.dropFromCache(changes));
      const result = await work(tx, (dependency) => changes.push(dependency));
      await recordChanges(tx, hubId, changes, this.clock.now());
      return result;
    };
    return this.database.transaction(attempt, { lane: 'access' });
  }

  private dropFromCache(changes: readonly Dependency[]): void {
    if (changes.length > 0) {
      this.cache.invalidate(changes);
    }
  }

  private async reread(tx: EntityManager, principal: Principal, now: number): Promise<Principal> {
    if (principal.kind === 'platform') {
      return principal;
    }
    const record = await this.rereadRecord(tx, principal, now);
    assertUsable(record, now, await this.domains.originNow(tx, principal));
    const ability = this.abilities.for(principal.kind, record, record.scopes);
    return { ...principal, record, scopes: record.scopes, ability };
  }

  private async rereadRecord(
    tx: EntityManager,
    { kind, hubId, record: { credentialId } }: Principal,
    now: number,
  ): Promise<PrincipalRecord> {
    if (kind === 'session') {
      return membershipIn(await this.rereadSession(tx, credentialId, now), hubId);
    }
    const record = await this.directory.findBySecretId(credentialId, tx);
    if (!record) {
      throw new BadCredentialError('The API key is not valid.');
    }
    return record;
  }

  private async rereadSession(tx: EntityManager, sessionId: string, now: number): Promise<SessionRecord> {
    const session = await this.sessions.findById(sessionId, tx);
    if (!session) {
      throw new BadCredentialError('The session is not valid.');
    }
    assertSessionUsable(session, now);
    return session;
  }
}

function assertHolds(actor: Principal, capability: Capability): void {
  if (!holdsCapability(actor.record.role.capabilities, capability)) {
    throw new MissingCapabilityError(capability);
  }
}
