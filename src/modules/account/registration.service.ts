import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { parseSecret } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { emailKey } from '../../common/email.js';
import { Database, uniqueOr } from '../../database/index.js';
import { type Account } from './account.entity.js';
import { AlreadyRegisteredError, InviteTokenError } from './account.errors.js';
import { newAccount, setPassword } from './account.factory.js';
import { AccountLog } from './account-log.js';
import { AccountRepository } from './account.repository.js';
import { type Client } from './client.decorator.js';
import { type RegisterDto } from './dto/account.dto.js';
import { PasswordHasher } from './password-hasher.js';
import { assertStrongPassword } from './password-rules.js';
import { SignInThrottle } from './sign-in-throttle.js';

/** By table name, as invites are of a module that stands on this one. */
const INVITED = `SELECT m.recipient FROM membership m JOIN hub h ON h.id = m.hub_id
  WHERE m.token_digest = ? AND m.state = 'pending' AND m.invite_ends_at > ? AND h.state = 'live'`;

/** Accounts for those who were invited: there is no other way to get one, save the command line. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly hasher: PasswordHasher,
    private readonly throttle: SignInThrottle,
    private readonly database: Database,
    private readonly log: AccountLog,
    private readonly clock: Clock,
  ) {}

  /**
   * An account for exactly the address that was invited. It counts as proved, because the token came there by mail. The
   * invite still waits to be accepted.
   * @throws InviteTokenError, AlreadyRegisteredError (whoever has the token has the mailbox, so this tells nothing new)
   */
  async register({ invite_token, password, name }: RegisterDto, client: Client): Promise<Account> {
    this.throttle.begin(client.bucket);
    const email = await this.getRecipient(invite_token);
    if (await this.accounts.findByEmailKey(emailKey(email))) {
      throw new AlreadyRegisteredError();
    }
    const names = { firstName: name.first.trim(), lastName: name.last.trim() };
    assertStrongPassword(password, { email, ...names });
    const hash = await this.hasher.hash(password, 'stranger');
    const account = await this.database.transaction(async (tx) => {
      const now = this.clock.now();
      await this.getRecipient(invite_token, tx);
      const made = newAccount({ email, ...names, verified: true }, null, now);
      setPassword(made, hash, now);
      await uniqueOr(
        'uq_account_email',
        () => this.accounts.insert(tx, made),
        () => new AlreadyRegisteredError(),
      );
      return made;
    });
    this.log.write('account.created', account.id, client.address);
    return account;
  }

  private async getRecipient(token: string, tx?: EntityManager): Promise<string> {
    const parsed = parseSecret('one-time', token);
    if (!parsed) {
      throw new InviteTokenError();
    }
    const parameters = [parsed.digest, this.clock.now()];
    const rows = await (tx ? tx.query(INVITED, parameters) : this.database.query(INVITED, parameters));
    const invite = (rows as { recipient: string }[]).at(0);
    if (!invite) {
      throw new InviteTokenError();
    }
    return invite.recipient;
  }
}
