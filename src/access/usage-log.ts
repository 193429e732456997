import { Injectable } from '@nestjs/common';
import { type Address } from '../common/ip/address.js';
import { type Creator, type PrincipalRecord } from './principal.js';

/** When and from where a secret was last used. */
export interface LastUse {
  readonly hubId: string;
  readonly secretId: string;
  readonly at: number;
  readonly address: string | null;
}

/** When and from where a session was last used. */
export interface SessionUse {
  readonly sessionId: string;
  readonly at: number;
  readonly address: string | null;
}

/** Refusals of one known key or member from one address with one code, since the last drain. */
export interface RefusalCount {
  readonly hubId: string;
  readonly subjectType: Creator['type'];
  readonly subjectId: string;
  readonly address: string | null;
  readonly code: string;
  count: number;
  lastAt: number;
}

/** A secret that was presented although it has ended, while its key lives: somebody still has it. */
export interface EndedSecretUse {
  readonly hubId: string;
  readonly keyId: string;
  readonly secretId: string;
  readonly address: string | null;
}

/** More than one process serves within a minute; what is drained is written at a few thousand a second. */
export const USES_MAX = 100_000;
const REFUSALS_MAX = 10_000;
const ENDED_SECRETS_MAX = 10_000;

/**
 * What happened with known keys, collected in memory and drained in batches by the modules that store it: a use must
 * not cost a write. Bounded: refusals beyond the limit of distinct (key, address, code) are counted together.
 */
@Injectable()
export class UsageLog {
  private uses = new Map<string, LastUse>();
  private sessionUses = new Map<string, SessionUse>();
  private refusals = new Map<string, RefusalCount>();
  private endedSecrets = new Map<string, EndedSecretUse>();
  private malformed = 0;

  /** Beyond the limit of secrets between two drains, a use goes unrecorded until a later one is. */
  touch(record: PrincipalRecord, address: Address | null, now: number): void {
    const { hubId, credentialId: secretId } = record;
    if (this.uses.size >= USES_MAX && !this.uses.has(secretId)) {
      return;
    }
    this.uses.set(secretId, { hubId, secretId, at: now, address: address?.text ?? null });
  }

  /** Beyond the limit of sessions between two drains, a use goes unrecorded until a later one is. */
  touchSession(sessionId: string, address: Address | null, now: number): void {
    if (this.sessionUses.size >= USES_MAX && !this.sessionUses.has(sessionId)) {
      return;
    }
    this.sessionUses.set(sessionId, { sessionId, at: now, address: address?.text ?? null });
  }

  countRefusal(record: PrincipalRecord, address: Address | null, code: string, now: number): void {
    const { hubId, subjectType, subjectId } = record;
    const crowded = this.refusals.size >= REFUSALS_MAX;
    const from = crowded ? null : (address?.text ?? null);
    const slot = slotOf({ hubId, subjectId, address: from, code });
    const fresh = { hubId, subjectType, subjectId, address: from, code, count: 0, lastAt: now };
    const entry = this.refusals.get(slot) ?? fresh;
    entry.count += 1;
    entry.lastAt = now;
    this.refusals.set(slot, entry);
  }

  /** The first use of each key since the last drain; the refusal itself is counted with the others. */
  noteEndedSecret(record: PrincipalRecord, address: Address | null): void {
    const { hubId, subjectId: keyId, credentialId: secretId } = record;
    if (!this.endedSecrets.has(keyId) && this.endedSecrets.size < ENDED_SECRETS_MAX) {
      this.endedSecrets.set(keyId, { hubId, keyId, secretId, address: address?.text ?? null });
    }
  }

  drainEndedSecrets(): EndedSecretUse[] {
    const drained = [...this.endedSecrets.values()];
    this.endedSecrets = new Map();
    return drained;
  }

  /** What could not be acted on, for the next time. */
  putBackEndedSecrets(uses: readonly EndedSecretUse[]): void {
    uses.forEach((use) => this.endedSecrets.set(use.keyId, this.endedSecrets.get(use.keyId) ?? use));
  }

  /** A key that was refused by its form alone: counted, and no more is known of it. */
  countMalformed(): void {
    this.malformed += 1;
  }

  drainMalformed(): number {
    const drained = this.malformed;
    this.malformed = 0;
    return drained;
  }

  /** What could not be stored, for the next time. Newer uses win; counts add up. */
  putBack(uses: readonly LastUse[], refusals: readonly RefusalCount[] = []): void {
    for (const use of uses.filter(({ secretId }) => !this.uses.has(secretId))) {
      this.uses.set(use.secretId, use);
    }
    for (const refusal of refusals) {
      const slot = slotOf(refusal);
      const newer = this.refusals.get(slot);
      this.refusals.set(slot, newer ? { ...newer, count: newer.count + refusal.count } : refusal);
    }
  }

  putBackSessionUses(uses: readonly SessionUse[]): void {
    uses.forEach((use) => this.sessionUses.set(use.sessionId, this.sessionUses.get(use.sessionId) ?? use));
  }

  drainSessionUses(): SessionUse[] {
    const drained = [...this.sessionUses.values()];
    this.sessionUses = new Map();
    return drained;
  }

  drainUses(): LastUse[] {
    const drained = [...this.uses.values()];
    this.uses = new Map();
    return drained;
  }

  drainRefusals(): RefusalCount[] {
    const drained = [...this.refusals.values()];
    this.refusals = new Map();
    return drained;
  }
}

/** Refusals that are counted together. */
function slotOf({ hubId, subjectId, address, code }: Omit<RefusalCount, 'subjectType' | 'count' | 'lastAt'>): string {
  return JSON.stringify([hubId, subjectId, address, code]);
}
