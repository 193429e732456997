import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type AccountPrincipal, Authenticated, CurrentAccount } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { Queries, ResourceQueries, type ResourceQuery } from '../../common/http/queries.js';
import { PublicAccountResponse } from '../account/index.js';
import { HubResponse } from '../hub/index.js';
import { RoleResponse } from '../role/index.js';
import { AnswerInviteDto } from './dto/member.dto.js';
import { MembershipResponse } from './dto/membership.response.js';
import { InvitationService } from './invitation.service.js';
import { MEMBERSHIP_SORTS } from './member.repository.js';
import { MembershipAnswers, type MembershipsAnswer } from './membership-answers.js';

const INCLUDE = ['senders', 'hubs', 'roles'];
const INCLUDES = { senders: { accounts: PublicAccountResponse }, hubs: HubResponse, roles: RoleResponse };

@ApiTags('Account')
@Controller('v1/account')
export class InvitationController {
  constructor(
    private readonly invitations: InvitationService,
    private readonly answers: MembershipAnswers,
  ) {}

  /** What you are a member of, in every hub. */
  @Get('memberships')
  @Authenticated('session')
  @ResourceQueries({ sort: MEMBERSHIP_SORTS, page: true, include: INCLUDE })
  @Answers(MembershipResponse, { list: true, includes: INCLUDES })
  async memberships(
    @CurrentAccount() account: AccountPrincipal,
    @Queries() query: ResourceQuery,
  ): Promise<MembershipsAnswer<MembershipResponse[]>> {
    return this.answers.list(await this.invitations.listMemberships(account, query), query);
  }

  /** The invites that wait for your answer; none while your address is not verified. */
  @Get('invites')
  @Authenticated('session')
  @ResourceQueries({ sort: MEMBERSHIP_SORTS, page: true, include: INCLUDE, meta: ['capabilities'] })
  @Answers(MembershipResponse, { list: true, includes: INCLUDES })
  async invites(
    @CurrentAccount() account: AccountPrincipal,
    @Queries() query: ResourceQuery,
  ): Promise<MembershipsAnswer<MembershipResponse[]>> {
    return this.answers.list(await this.invitations.listInvites(account, query), query);
  }

  /** Accept or decline an invite. With the token of the mail it need not be to your verified address. */
  @Patch('invites/:inviteId')
  @Authenticated('session')
  @Answers(MembershipResponse)
  async answer(
    @CurrentAccount() account: AccountPrincipal,
    @Param('inviteId') id: string,
    @Body() body: AnswerInviteDto,
  ): Promise<Envelope<MembershipResponse>> {
    return { data: MembershipResponse.from(await this.invitations.answer(account, id, body)) };
  }
}
