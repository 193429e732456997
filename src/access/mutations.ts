import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Database } from '../database/index.js';
import { AbilityFactory } from './ability.factory.js';
import { BadCredentialError, MissingCapabilityError } from './access.errors.js';
import { type Capability, holdsCapability } from './capabilities.js';
import { recordChanges } from './change-recorder.js';
import { assertUsable } from './credential.js';
import { type Dependency, PrincipalCache } from './principal-cache.js';
import { PrincipalDirectory } from './principal-directory.js';
import { type Principal } from './principal.js';

/** What a management change works with, inside its transaction. */
export interface Mutation {
  readonly tx: EntityManager;
  /** The caller as the database knows it now, with the hub locked: the only actor that may be used for a decision. */
  readonly actor: Principal;
  /** Epoch milliseconds, the same for everything this change writes. */
  readonly now: number;
  /** Says that decisions may differ from now on; goes to the change feed in the same transaction. */
  changed(dependency: Dependency): void;
}

/** Runs management changes: one after the other per hub, decided on fresh facts, announced with their commit. */
@Injectable()
export class Mutations {
  constructor(
    private readonly database: Database,
    private readonly directory: PrincipalDirectory,
    private readonly cache: PrincipalCache,
    private readonly abilities: AbilityFactory,
    private readonly clock: Clock,
  ) {}

  /** @throws MissingCapabilityError when the actor, re-read, no longer has the capability. Nothing is written then. */
  async run<T>(principal: Principal, capability: Capability, work: (mutation: Mutation) => Promise<T>): Promise<T> {
    const attempt = async (tx: EntityManager): Promise<T> => {
      const changes: Dependency[] = [];
      // Also after a failure: a commit whose answer was lost may have happened.
      this.database.afterTransaction(() => this.dropFromCache(changes));
      await this.directory.lockHub(tx, principal.hubId);
      // Only now: whatever ended while this waited for the hub has ended for it, too.
      const now = this.clock.now();
      const actor = await this.reread(tx, principal, now);
      assertHolds(actor, capability);
      const result = await work({ tx, actor, now, changed: (dependency) => changes.push(dependency) });
      await recordChanges(tx, principal.hubId, changes, now);
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
    const record = await this.directory.findBySecretId(principal.record.secretId, tx);
    if (!record) {
      throw new BadCredentialError('The API key is not valid.');
    }
    assertUsable(record, now, principal.address);
    const ability = this.abilities.for(principal.kind, record, record.scopes);
    return { ...principal, record, scopes: record.scopes, ability };
  }
}

function assertHolds(actor: Principal, capability: Capability): void {
  if (!holdsCapability(actor.record.role.capabilities, capability)) {
    throw new MissingCapabilityError(capability);
  }
}
