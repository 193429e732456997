import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type AccountPrincipal, generateSecret, parseSecret } from '../../access/index.js';
import { Mailer } from '../mail/index.js';
import { type Account } from './account.entity.js';
import { AlreadyVerifiedError, VerificationTokenError } from './account.errors.js';
import { markEdited, verifyEmail } from './account.factory.js';
import { AccountLog } from './account-log.js';
import { AccountMails } from './account-mails.js';
import { IdentityProof } from './identity-proof.js';
import { SignInThrottle } from './sign-in-throttle.js';

const DAY_MS = 86_400_000;

/** Proof that an account's address reaches its owner: a one-time token, by mail. */
@Injectable()
export class VerificationService {
  constructor(
    private readonly proof: IdentityProof,
    private readonly throttle: SignInThrottle,
    private readonly mails: AccountMails,
    private readonly mailer: Mailer,
    private readonly log: AccountLog,
  ) {}

  /** Mails a new token; the one before it is of no use any more. @throws TooManyAttemptsError */
  request(principal: AccountPrincipal): Promise<Account> {
    this.throttle.mail(principal.session.accountId);
    return this.proof.change(principal, async ({ tx, row, now }) => {
      if (row.verifiedAt !== null) {
        throw new AlreadyVerifiedError();
      }
      const { text, digest } = generateSecret('one-time', row.id);
      Object.assign(row, { verificationDigest: digest, verificationEndsAt: now + DAY_MS });
      markEdited(row, now);
      await this.mailer.send(tx, this.mails.verification(row, text));
      return row;
    });
  }

  /** @throws VerificationTokenError alike for a token that has ended, was used, is of another account, or never was */
  async confirm(principal: AccountPrincipal, token: string): Promise<Account> {
    const parsed = parseSecret('one-time', token);
    const account = await this.proof.change(principal, ({ row, now }) => {
      const { verificationDigest: stored, verificationEndsAt: end } = row;
      const right = parsed && stored && timingSafeEqual(stored, parsed.digest);
      if (!right || end === null || end <= now) {
        throw new VerificationTokenError();
      }
      verifyEmail(row, now);
      return Promise.resolve(row);
    });
    this.log.write('account.email.verified', account.id, principal.address?.text ?? null);
    return account;
  }
}
