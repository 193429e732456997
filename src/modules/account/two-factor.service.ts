import { Injectable } from '@nestjs/common';
import { type AccountPrincipal } from '../../access/index.js';
import { Mailer } from '../mail/index.js';
import { type Account } from './account.entity.js';
import { CodeFailedError, NoPendingSecretError, NoSecondFactorError } from './account.errors.js';
import { clearSecondFactor, markEdited } from './account.factory.js';
import { AccountLog, type AccountEvent } from './account-log.js';
import { AccountMails } from './account-mails.js';
import { type ProofDto } from './dto/sign-in.dto.js';
import { IdentityProof, type OwnChange } from './identity-proof.js';
import { type NewTotpSecret, SecondFactor } from './second-factor.js';
import { SessionService } from './session.service.js';
import { SignInThrottle } from './sign-in-throttle.js';

/** Setting up, changing and removing the second factor of one's own account. */
@Injectable()
export class TwoFactorService {
  constructor(
    private readonly proof: IdentityProof,
    private readonly factor: SecondFactor,
    private readonly sessions: SessionService,
    private readonly throttle: SignInThrottle,
    private readonly mails: AccountMails,
    private readonly mailer: Mailer,
    private readonly log: AccountLog,
  ) {}

  /** A secret that waits to be confirmed. One that is in force stays so until then. */
  begin(principal: AccountPrincipal, input: ProofDto): Promise<NewTotpSecret> {
    return this.proven(principal, input, ({ row, now }) => {
      const made = this.factor.newSecret(row);
      row.totpPending = made.sealed;
      markEdited(row, now);
      return Promise.resolve(made);
    });
  }

  /** From now on a code is asked for. Sessions that proved none end; this one has proved it. */
  async confirm(principal: AccountPrincipal, totp: string): Promise<readonly string[]> {
    const giveBack = this.throttle.proof(principal.session.accountId);
    const codes = await this.proof.change(principal, (change) => this.putInForce(change, totp));
    giveBack();
    this.write('account.2fa.enabled', principal);
    return codes;
  }

  async remove(principal: AccountPrincipal, input: ProofDto): Promise<Account> {
    const account = await this.proven(principal, input, async ({ tx, row, now }) => {
      assertEnabled(row);
      clearSecondFactor(row, now);
      // Or a hub that asks for one would be open for half a day to who set one up and took it away again.
      await this.sessions.demoteAll(tx, row.id);
      await this.mailer.send(tx, this.mails.secondFactorRemoved(row));
      return row;
    });
    this.write('account.2fa.disabled', principal);
    return account;
  }

  /** New codes; those before are of no use any more. */
  async renewCodes(principal: AccountPrincipal, input: ProofDto): Promise<readonly string[]> {
    const codes = await this.proven(principal, input, ({ row, now }) => {
      assertEnabled(row);
      return Promise.resolve(this.giveCodes(row, now));
    });
    this.write('account.2fa.recovery-codes', principal);
    return codes;
  }

  private async putInForce(change: OwnChange, totp: string): Promise<readonly string[]> {
    const { tx, row, now, account } = change;
    if (!row.totpPending) {
      throw new NoPendingSecretError();
    }
    const step = this.factor.stepOf(row.id, row.totpPending, totp, null, now);
    if (step === null) {
      throw new CodeFailedError();
    }
    Object.assign(row, { totpSecret: row.totpPending, totpPending: null, totpConfirmedAt: now, totpLastStep: step });
    const codes = this.giveCodes(row, now);
    await this.sessions.endAllOf(tx, row.id, now, account.session.sessionId);
    await this.sessions.promote(change);
    return codes;
  }

  private giveCodes(row: Account, now: number): readonly string[] {
    const { codes, digests } = this.factor.newRecoveryCodes(row.id);
    row.recoveryCodes = digests;
    markEdited(row, now);
    return codes;
  }

  private proven<T>(
    principal: AccountPrincipal,
    { password, ...code }: ProofDto,
    work: (change: OwnChange) => Promise<T>,
  ): Promise<T> {
    return this.proof.proven(principal, { password, source: '/password', code }, work);
  }

  private write(event: AccountEvent, { session, address }: AccountPrincipal): void {
    this.log.write(event, session.accountId, address?.text ?? null);
  }
}

function assertEnabled({ totpConfirmedAt }: Account): void {
  if (totpConfirmedAt === null) {
    throw new NoSecondFactorError();
  }
}
