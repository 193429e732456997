import { Injectable } from '@nestjs/common';
import { creatorOf, generateSecret, type Mutation, Mutations, PLATFORM, type Principal } from '../../access/index.js';
import { isEmailAddress, emailKey } from '../../common/email.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { AccountService } from '../account/index.js';
import { Mailer } from '../mail/index.js';
import { type CreateInviteDto } from './dto/member.dto.js';
import { InviteMail } from './invite-mail.js';
import {
  AlreadyMemberError,
  InvitedTooOftenError,
  InviteNotFoundError,
  RecipientInvalidError,
  TooManyInvitesError,
} from './member.errors.js';
import { MemberRepository } from './member.repository.js';
import { MemberRules } from './member.rules.js';
import { type Membership } from './membership.entity.js';
import { hasEnded, newInvite } from './membership.factory.js';
import { MembershipRecorder } from './membership.recorder.js';

const PENDING_MAX = 1000;
/** In a day, also when they were taken back: who may invite must not be able to flood a stranger's mailbox. */
export const INVITES_PER_ADDRESS = 5;
const DAY_MS = 86_400_000;

/** Invites, for those who send and revoke them. Answering one is the invited person's matter. */
@Injectable()
export class InviteService {
  constructor(
    private readonly members: MemberRepository,
    private readonly rules: MemberRules,
    private readonly accounts: AccountService,
    private readonly mailer: Mailer,
    private readonly mail: InviteMail,
    private readonly mutations: Mutations,
    private readonly recorder: MembershipRecorder,
  ) {}

  list(principal: Principal, query: ResourceQuery): Promise<Membership[]> {
    return this.members.list(principal.hubId, query, ['pending']);
  }

  /** The one-time token leaves in the mail and nowhere else. */
  create(principal: Principal, { recipient, role_id }: CreateInviteDto): Promise<Membership> {
    if (!isEmailAddress(recipient)) {
      throw new RecipientInvalidError();
    }
    return this.mutations.run(principal, 'hubs-invites-send', async (mutation) => {
      const { tx, actor, now } = mutation;
      const role = await this.rules.getGrantable(mutation, role_id);
      await this.assertInvitable(mutation, recipient);
      const invite = newInvite({ hubId: actor.hubId, roleId: role.id, recipient }, creatorOf(actor), now);
      const { text, digest } = generateSecret('one-time', invite.id);
      invite.tokenDigest = digest;
      await this.mailer.send(tx, this.mail.write(invite, actor, role.identifier, text));
      await this.recorder.created(mutation, invite);
      return invite;
    });
  }

  /** Its token is of no use from then on. @throws InviteNotFoundError also for one that was answered */
  revoke(principal: Principal, id: string): Promise<Membership> {
    return this.mutations.run(principal, 'hubs-invites-manage', async (mutation) => {
      const invite = await this.members.find(mutation.actor.hubId, id, mutation.tx);
      if (invite?.state !== 'pending') {
        throw new InviteNotFoundError();
      }
      await this.recorder.revoke(mutation, invite);
      return invite;
    });
  }

  private async assertInvitable(mutation: Mutation, recipient: string): Promise<void> {
    const { tx, actor, now } = mutation;
    const account = await this.accounts.findByEmailKey(emailKey(recipient), tx);
    // Asked also where there is no account: the time it takes must not tell who has one elsewhere.
    if (await this.members.findByAccount(actor.hubId, account?.id ?? PLATFORM.id, tx)) {
      throw new AlreadyMemberError({ source: '/recipient' });
    }
    const pending = await this.members.findPendingFor(tx, actor.hubId, emailKey(recipient));
    if (pending && hasEnded(pending, now)) {
      await this.recorder.revoke(mutation, pending);
    }
    if ((await this.members.countPending(tx, actor.hubId, now)) >= PENDING_MAX) {
      throw new TooManyInvitesError(PENDING_MAX);
    }
    const mailed = await this.members.countInvitesTo(tx, actor.hubId, emailKey(recipient), now - DAY_MS);
    if (mailed >= INVITES_PER_ADDRESS) {
      throw new InvitedTooOftenError(INVITES_PER_ADDRESS);
    }
  }
}
