import { Injectable, Logger } from '@nestjs/common';

export type AccountEvent =
  | 'account.login'
  | 'account.login.refused'
  | 'account.logout'
  | 'account.sessions.ended'
  | 'account.created'
  | 'account.updated'
  | 'account.deleted'
  | 'account.email.verified'
  | 'account.password.changed'
  | 'account.2fa.enabled'
  | 'account.2fa.disabled'
  | 'account.2fa.recovery-codes';

/** What happens to accounts belongs to no hub, so it has no activity: it is in the log. Never what somebody typed. */
@Injectable()
export class AccountLog {
  private readonly logger = new Logger('Account');

  write(event: AccountEvent, accountId: string | null, address: string | null, facts: object = {}): void {
    this.logger.log({ account: accountId, address, ...facts }, event);
  }
}
