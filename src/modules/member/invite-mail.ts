import { Injectable } from '@nestjs/common';
import { type Principal } from '../../access/index.js';
import { Config } from '../../config/index.js';
import { type Mail } from '../mail/index.js';
import { type Membership } from './membership.entity.js';

/** What an invited person reads. The address in it is the configured one, never one that a request brought. */
@Injectable()
export class InviteMail {
  constructor(private readonly config: Config) {}

  /** @param token the only copy of it that leaves the server */
  write({ id, recipient, inviteEndsAt }: Membership, { record }: Principal, role: string, token: string): Mail {
    const server = this.config.publicUrl === undefined ? 'your Hubgate server' : this.config.addressOf();
    const end = new Date(inviteEndsAt ?? 0).toISOString();
    return {
      to: recipient,
      subject: `You are invited to the hub "${record.hubName}"`,
      text: [
        `${record.subjectName} invites you to the hub\n"${record.hubName}"\non ${server},\nwith the role "${role}".`,
        `The invite ends ${end}.\nThis is your one-time token; keep it to yourself:`,
        token,
        'With an account here, sign in and accept it:',
        `  PATCH /v1/account/invites/${id}\n  {"accept": true, "token": "<the token>"}`,
        'Without one, make it with the same token first, and sign in with it:',
        '  POST /v1/account\n  {"invite_token": "<the token>", "password": "<a new password>",\n' +
          '   "name": {"first": "<first name>", "last": "<last name>"}}',
        'If you do not know the sender, ignore this message: nothing happens.',
      ].join('\n\n'),
    };
  }
}
