import { Injectable } from '@nestjs/common';
import { Config } from '../../config/index.js';
import { type Mail } from '../mail/index.js';
import { type Account } from './account.entity.js';

/** What people are written. The server has no pages to link to, so that a mail says what to send where. */
@Injectable()
export class AccountMails {
  constructor(private readonly config: Config) {}

  verification(account: Account, token: string): Mail {
    return to(account, 'Confirm your e-mail address', [
      'Somebody, probably you, asked to confirm this address for an account at',
      this.address,
      '',
      'Sign in and send this token within a day (PUT /v1/account/verification, field "token"):',
      '',
      token,
      '',
      'If it was not you, do nothing.',
    ]);
  }

  passwordChanged(account: Account): Mail {
    return to(account, 'Your password was changed', this.warning('The password of your account was changed at'));
  }

  secondFactorRemoved(account: Account): Mail {
    return to(account, 'Two-factor sign-in was turned off', this.warning('The second factor was removed at'));
  }

  private warning(what: string): string[] {
    return [what, this.address, '', 'If it was not you, tell an administrator at once.'];
  }

  private get address(): string {
    return this.config.addressOf();
  }
}

function to({ email, firstName, lastName }: Account, subject: string, lines: readonly string[]): Mail {
  return { to: email, name: `${firstName} ${lastName}`.trim(), subject, text: `${lines.join('\n')}\n` };
}
