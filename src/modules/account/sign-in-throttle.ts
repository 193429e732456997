import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AttemptBudget, type GiveBack } from './attempt-budget.js';
import { type HashLane } from './hash-queue.js';

const MINUTE_MS = 60_000;
const KEYS_MAX = 20_000;
const EVERYBODY = 'everybody';
/** Strangers' attempts on one account that are answered at once; each further one waits twice as long. */
const UNDELAYED = 3;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4000;

export const FAILURES_PER_ADDRESS = 10;
export const FAILURES_OF_KNOWN = 10;
export const STRANGERS_IN_ALL = 600;
/** Whatever becomes of them: so many hashes an address can ask for. */
export const ATTEMPTS_PER_ADDRESS = 120;
export const SECOND_FACTOR_FAILURES = 5;
export const PROOF_FAILURES = 10;
/** Right or wrong: so many hashes a signed-in person can ask for. They go before those of strangers. */
export const PROOFS_PER_MINUTE = 20;
export const MAILS_PER_HOUR = 5;

/** An attempt that may go on, and how it ended is told by one of the two. */
export interface AdmittedAttempt {
  readonly lane: HashLane;
  /** To wait before the password is looked at. */
  readonly delayMs: number;
  /** It counts as failed unless this is called. */
  giveBack(): void;
}

/**
 * Bounds what guessing can reach and cost, on each node for itself: **the address is refused, the account is only
 * delayed, and an address from which the account was used before has a budget of its own**. So nobody can lock the
 * owner out: strangers spend what strangers have. Attempts count from their beginning.
 */
@Injectable()
export class SignInThrottle {
  private readonly attempts: AttemptBudget;
  private readonly addresses: AttemptBudget;
  private readonly known: AttemptBudget;
  private readonly strangers: AttemptBudget;
  private readonly accounts: AttemptBudget;
  private readonly secondFactors: AttemptBudget;
  private readonly proofs: AttemptBudget;
  private readonly proofAttempts: AttemptBudget;
  private readonly mails: AttemptBudget;

  constructor(clock: Clock) {
    const budget = (attempts: number, windowMs = MINUTE_MS, keysMax = KEYS_MAX) =>
      new AttemptBudget(clock, { attempts, windowMs, keysMax });
    this.attempts = budget(ATTEMPTS_PER_ADDRESS);
    this.addresses = budget(FAILURES_PER_ADDRESS);
    this.known = budget(FAILURES_OF_KNOWN);
    this.strangers = budget(STRANGERS_IN_ALL, MINUTE_MS, 1);
    this.accounts = budget(Number.POSITIVE_INFINITY, 15 * MINUTE_MS);
    this.secondFactors = budget(SECOND_FACTOR_FAILURES, 15 * MINUTE_MS);
    this.proofs = budget(PROOF_FAILURES, 15 * MINUTE_MS);
    this.proofAttempts = budget(PROOFS_PER_MINUTE);
    this.mails = budget(MAILS_PER_HOUR, 60 * MINUTE_MS);
  }

  /** Before anything is looked up. @throws TooManyAttemptsError */
  begin(bucket: string): void {
    this.attempts.take(bucket);
  }

  /**
   * @param account what was typed as the account, whether it exists or not
   * @param known whether this account was used from this address before
   * @throws TooManyAttemptsError
   */
  admit(bucket: string, account: string, known: boolean): AdmittedAttempt {
    const key = digestOf(account);
    if (known) {
      return { lane: 'known', delayMs: 0, giveBack: this.known.take(`${bucket} ${key}`) };
    }
    const address = this.addresses.take(bucket);
    const anybody = this.takeStranger(address);
    const { before, giveBack: forgetAccount } = this.accounts.note(key);
    const giveBack = () => [address, anybody, forgetAccount].forEach((give) => give());
    return { lane: 'stranger', delayMs: delayAfter(before), giveBack };
  }

  /** One try at the second factor of an account whose password was right. @throws TooManyAttemptsError */
  secondFactor(bucket: string, accountId: string, known: boolean): GiveBack {
    return this.secondFactors.take(known ? `${bucket} ${accountId}` : accountId);
  }

  /** One try at the password or a code by somebody who is signed in: a stolen session must not guess on. @throws TooManyAttemptsError */
  proof(accountId: string): GiveBack {
    this.proofAttempts.take(accountId);
    return this.proofs.take(accountId);
  }

  /** One more mail to an account's own address. @throws TooManyAttemptsError */
  mail(accountId: string): void {
    this.mails.take(accountId);
  }

  /** Refused for what all do together, an address has spent nothing of its own. */
  private takeStranger(address: GiveBack): GiveBack {
    try {
      return this.strangers.take(EVERYBODY);
    } catch (error) {
      address();
      throw error;
    }
  }
}

function delayAfter(failures: number): number {
  return failures < UNDELAYED ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - UNDELAYED));
}

/** Of fixed length, whatever was sent. */
function digestOf(text: string): string {
  return hash('sha256', text, 'base64');
}
