import { Injectable } from '@nestjs/common';
import {
  ALL_SCOPES,
  type AccountMutation,
  type AccountPrincipal,
  type Mutation,
  Mutations,
  parseSecret,
  standInFor,
} from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { emailKey } from '../../common/email.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { AccountService } from '../account/index.js';
import { HubService } from '../hub/index.js';
import { RoleService } from '../role/index.js';
import { type AnswerInviteDto } from './dto/member.dto.js';
import { AnswerMissingError, InviteEndedError, InviteNotFoundError, InviteVoidError } from './member.errors.js';
import { MemberRepository } from './member.repository.js';
import { MemberRules } from './member.rules.js';
import { type Membership } from './membership.entity.js';
import { accept, decline, hasEnded } from './membership.factory.js';
import { MembershipRecorder } from './membership.recorder.js';

/** What a person is a member of and invited to, whichever hub it is, and their answers. */
@Injectable()
export class InvitationService {
  constructor(
    private readonly members: MemberRepository,
    private readonly rules: MemberRules,
    private readonly recorder: MembershipRecorder,
    private readonly hubs: HubService,
    private readonly roles: RoleService,
    private readonly accounts: AccountService,
    private readonly mutations: Mutations,
    private readonly clock: Clock,
  ) {}

  listMemberships({ session }: AccountPrincipal, query: ResourceQuery): Promise<Membership[]> {
    return this.members.listOfAccount(session.accountId, query);
  }

  /** Nothing while the address is not verified: it could be anybody's. */
  async listInvites({ session }: AccountPrincipal, query: ResourceQuery): Promise<Membership[]> {
    return session.verified ? this.members.listForAddress(session.email, this.clock.now(), query) : [];
  }

  /**
   * Accepting counts only while who sent the invite could still send it; one that is void is revoked for good.
   * @throws InviteNotFoundError alike for somebody else's invite, one that was answered, and one that never was
   * @throws InviteEndedError, InviteVoidError, AlreadyMemberError
   */
  async answer(account: AccountPrincipal, id: string, input: AnswerInviteDto): Promise<Membership> {
    if ((input.accept === true) === (input.decline === true)) {
      throw new AnswerMissingError();
    }
    const found = orNotFound(await this.members.findAnywhere(id), account, input.token);
    const settle = (mutation: AccountMutation) => this.settle(mutation, id, input);
    const invite = await this.mutations.runForAccount(account, settle, found.hubId);
    if (invite.state === 'revoked') {
      throw new InviteVoidError();
    }
    return invite;
  }

  /** In the transaction, with hub and account locked: everything is looked at anew. */
  private async settle(mutation: AccountMutation, id: string, input: AnswerInviteDto): Promise<Membership> {
    const { tx, account, now } = mutation;
    const invite = orNotFound(await this.members.findAnywhere(id, tx), account, input.token);
    const { accountId } = account.session;
    const change = await this.changeIn(mutation, invite);
    if (input.decline === true) {
      await this.recorder.write(change, 'hub.membership.update', invite, () => decline(invite, accountId, now));
    } else if (await this.rules.isStillGiven(tx, invite, now)) {
      await this.recorder.write(change, 'hub.membership.update', invite, () => accept(invite, accountId, now));
      await this.proveAddress(mutation, invite, input.token);
      mutation.changed({ kind: 'account', id: accountId });
    } else {
      await this.recorder.revoke(change, invite);
    }
    return invite;
  }

  /** The token went to this address by mail and nowhere else. */
  private async proveAddress({ tx, account }: AccountMutation, invite: Membership, token?: string): Promise<void> {
    const { email, accountId, verified } = account.session;
    if (token !== undefined && !verified && emailKey(email) === invite.recipientKey) {
      await this.accounts.markVerified(tx, accountId);
    }
  }

  /** The person as the hub's audit tells it. @throws InviteEndedError, InviteNotFoundError when the hub lets nobody in */
  private async changeIn(
    { tx, account, now }: AccountMutation,
    invite: Membership,
  ): Promise<Pick<Mutation, 'tx' | 'actor' | 'now'>> {
    if (hasEnded(invite, now)) {
      throw new InviteEndedError();
    }
    const role = await this.roles.findFacts(tx, invite.hubId, invite.roleId);
    if (!role || !(await this.hubs.isLive(tx, invite.hubId))) {
      throw new InviteNotFoundError();
    }
    const { sessionId, accountId } = account.session;
    const facts = { role, ips: null, expiresAt: null, scopes: ALL_SCOPES };
    const { record, ...person } = standInFor(invite.hubId, { id: accountId, type: 'account' }, facts);
    const { address, request } = account;
    return { tx, now, actor: { ...person, address, request, record: { ...record, credentialId: sessionId } } };
  }
}

/** It is theirs who prove to be who was invited: by the verified address of their account, or by the token of the mail. */
function orNotFound(invite: Membership | null, { session }: AccountPrincipal, token: string | undefined): Membership {
  const byToken = () => parseSecret('one-time', token ?? '')?.digest.equals(invite?.tokenDigest ?? Buffer.alloc(0));
  const byAddress = () => session.verified && emailKey(session.email) === invite?.recipientKey;
  if (invite?.state !== 'pending' || !(token === undefined ? byAddress() : byToken())) {
    throw new InviteNotFoundError('It was answered or revoked, or it is not for you: send the token of the mail.');
  }
  return invite;
}
