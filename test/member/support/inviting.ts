import { type Client } from '../../support/client.js';
import { type TestHub } from '../../support/factory.js';
import { dataOf } from '../../support/management.js';
import { mailTo } from '../../support/outbox.js';
import { type TestAccount, type TestMember } from '../../support/people.js';
import { type TestApp } from '../../support/test-app.js';

export const INVITES = '/v1/hubs/current/invites';
export const MEMBERS = '/v1/hubs/current/members';
export const MINE = '/v1/account/invites';
export const SENDER = ['hubs-invites-send', 'hubs-invites-manage', 'hubs-members-manage', 'hubs-members-view'];

export interface Invite {
  readonly id: string;
  readonly state: { readonly current: string };
}

export interface Sent {
  readonly hub: TestHub;
  readonly sender: TestMember;
  readonly invite: Invite;
  readonly person: TestAccount;
  readonly self: Client;
  readonly token: string;
}

/** Invites, as people of a test send and answer them. */
export class Inviting {
  constructor(private readonly app: TestApp) {}

  sender(hub: TestHub, rank = 5): Promise<TestMember> {
    return this.app.people.member({ hub, rank, capabilities: SENDER });
  }

  async tokenFor(address: string): Promise<string> {
    const mails = await mailTo(this.app, address);
    return /hgt_\w+/.exec(mails.at(-1)?.text ?? '')?.[0] ?? '';
  }

  /** An invite on its way to somebody who has an account. */
  async sent({ verified = true, rank = 1 } = {}): Promise<Sent> {
    const { app } = this;
    const hub = await app.create.hub();
    const sender = await this.sender(hub);
    const person = await app.people.account(verified ? {} : { verifiedAt: null });
    const role_id = await app.create.role(hub, [], rank);
    const answer = await app.as(sender.token).post(INVITES, { recipient: person.email, role_id }).expect(201);
    const self = app.as((await app.people.session(person)).token);
    return { hub, sender, invite: dataOf<Invite>(answer), person, self, token: await this.tokenFor(person.email) };
  }
}

export const pathOf = ({ id }: Invite): string => `${MINE}/${id}`;
