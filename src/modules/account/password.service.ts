import { Injectable } from '@nestjs/common';
import { type AccountPrincipal } from '../../access/index.js';
import { InvalidInputError } from '../../common/errors/index.js';
import { Mailer } from '../mail/index.js';
import { type Account } from './account.entity.js';
import { setPassword } from './account.factory.js';
import { AccountLog } from './account-log.js';
import { AccountMails } from './account-mails.js';
import { type ChangePasswordDto } from './dto/account.dto.js';
import { IdentityProof } from './identity-proof.js';
import { OwnAccountService } from './own-account.service.js';
import { PasswordHasher } from './password-hasher.js';
import { assertStrongPassword } from './password-rules.js';
import { SessionService } from './session.service.js';

@Injectable()
export class PasswordService {
  constructor(
    private readonly accounts: OwnAccountService,
    private readonly proof: IdentityProof,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionService,
    private readonly mails: AccountMails,
    private readonly mailer: Mailer,
    private readonly log: AccountLog,
  ) {}

  /** With a code where there is a second factor. Whoever knew the old one is out: every session of the account ends, this one included. */
  async change(principal: AccountPrincipal, input: ChangePasswordDto): Promise<Account> {
    const { current_password, password, ...code } = input;
    assertStrongPassword(password, await this.accounts.get(principal));
    if (password.normalize('NFKC') === current_password.normalize('NFKC')) {
      throw new InvalidInputError('The new password is the old one.', { source: '/password' });
    }
    let hash = '';
    const prepare = async (): Promise<void> => {
      hash = await this.hasher.hash(password);
    };
    // A one-time password was proved with its code a moment ago, and codes are good once.
    const asked = principal.session.passwordOnce ? {} : { code };
    const proof = { password: current_password, source: '/current_password', prepare, ...asked };
    const account = await this.proof.proven(principal, proof, async ({ tx, row, now }) => {
      setPassword(row, hash, now);
      await this.sessions.endAllOf(tx, row.id, now);
      await this.mailer.send(tx, this.mails.passwordChanged(row));
      return row;
    });
    this.log.write('account.password.changed', account.id, principal.address?.text ?? null);
    return account;
  }
}
