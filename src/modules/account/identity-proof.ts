import { Injectable } from '@nestjs/common';
import { type AccountMutation, type AccountPrincipal, Mutations } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { type Account } from './account.entity.js';
import { ChangedMeanwhileError, CodeFailedError, WrongPasswordError } from './account.errors.js';
import { usableHash } from './account.factory.js';
import { AccountRepository } from './account.repository.js';
import { type CodeDto } from './dto/sign-in.dto.js';
import { PasswordHasher } from './password-hasher.js';
import { SecondFactor } from './second-factor.js';
import { SignInThrottle } from './sign-in-throttle.js';

/** What a change by its owner works with: the account as it is now, locked. */
export interface OwnChange extends AccountMutation {
  readonly row: Account;
}

type OwnWork<T> = (change: OwnChange) => Promise<T>;

interface Proof {
  readonly password: string;
  /** The JSON pointer of the password. */
  readonly source: string;
  readonly code?: CodeDto;
}

/**
 * Changes of an account by its owner. Those that could take it away from the owner ask for the password, and for a code
 * where there is a second factor: a session may be stolen.
 */
@Injectable()
export class IdentityProof {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly hasher: PasswordHasher,
    private readonly factor: SecondFactor,
    private readonly throttle: SignInThrottle,
    private readonly mutations: Mutations,
    private readonly clock: Clock,
  ) {}

  /** Without proof: for what a session alone may do. */
  change<T>(principal: AccountPrincipal, work: OwnWork<T>): Promise<T> {
    return this.mutations.runForAccount(principal, async (mutation) => {
      const row = await this.getRow(mutation);
      const result = await work({ ...mutation, row });
      await this.accounts.update(mutation.tx, row);
      mutation.changed({ kind: 'account', id: row.id });
      return result;
    });
  }

  /**
   * With the password, and a code if `code` is given and the account has a second factor.
   * @throws WrongPasswordError, CodeRequiredError, CodeFailedError, TooManyAttemptsError
   */
  proven<T>(principal: AccountPrincipal, proof: Proof, work: OwnWork<T>): Promise<T> {
    return this.provenBefore(principal, proof, () => Promise.resolve(work));
  }

  /** As `proven`; `prepare` runs for whoever knew the password only, and before the transaction: it may take long. */
  async provenBefore<T>(
    principal: AccountPrincipal,
    proof: Proof,
    prepare: () => Promise<OwnWork<T>>,
  ): Promise<T> {
    const giveBack = this.throttle.proof(principal.session.accountId);
    try {
      const hash = await this.provePassword(principal, proof.password, proof.source);
      const work = await prepare();
      const result = await this.change(principal, (change) => {
        // What was compared outside of the transaction must still be what counts.
        if (usableHash(change.row, change.now) !== hash) {
          throw new ChangedMeanwhileError();
        }
        if (proof.code) {
          this.factor.use(change.row, proof.code, change.now);
        }
        return work(change);
      });
      giveBack();
      return result;
    } catch (error) {
      if (!(error instanceof WrongPasswordError || error instanceof CodeFailedError)) {
        giveBack();
      }
      throw error;
    }
  }

  private async provePassword(principal: AccountPrincipal, password: string, source: string): Promise<string> {
    const account = await this.accounts.find(principal.session.accountId);
    const hash = usableHash(account, this.clock.now());
    if (!(await this.hasher.verify(hash, password)) || hash === null) {
      throw new WrongPasswordError(source);
    }
    return hash;
  }

  private async getRow({ tx, account }: AccountMutation): Promise<Account> {
    const row = await this.accounts.find(account.session.accountId, tx);
    if (!row) {
      throw new Error('A session has no account.');
    }
    return row;
  }
}
