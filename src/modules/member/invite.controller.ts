import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { Queries, ResourceQueries, type ResourceQuery } from '../../common/http/queries.js';
import { ID_PATTERN } from '../../common/ids.js';
import { PublicAccountResponse } from '../account/index.js';
import { RoleResponse } from '../role/index.js';
import { CreateInviteDto } from './dto/member.dto.js';
import { MembershipResponse } from './dto/membership.response.js';
import { InviteService } from './invite.service.js';
import { MEMBERSHIP_SORTS } from './member.repository.js';
import { MembershipAnswers, type MembershipsAnswer } from './membership-answers.js';

const FILTERS = {
  state: { values: ['pending', 'declined', 'revoked'], multiple: true, description: 'Left out: those that wait.' },
  search: { description: 'Only those to an address that contains this text, in any case.' },
  role: { pattern: ID_PATTERN, multiple: true },
};

@ApiTags('Invites')
@Controller('v1/hubs/current/invites')
export class InviteController {
  constructor(
    private readonly invites: InviteService,
    private readonly answers: MembershipAnswers,
  ) {}

  /** The invites to the hub that nobody has answered. */
  @Get()
  @Requires('hubs-invites-manage')
  @ResourceQueries({
    sort: MEMBERSHIP_SORTS,
    filter: FILTERS,
    page: true,
    include: ['senders', 'roles'],
    meta: ['capabilities'],
  })
  @Answers(MembershipResponse, {
    list: true,
    includes: { senders: { accounts: PublicAccountResponse }, roles: RoleResponse },
  })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<MembershipsAnswer<MembershipResponse[]>> {
    return this.answers.list(await this.invites.list(caller, query), query);
  }

  /** Invite a person by e-mail. The role ranks below your own; the mail holds a one-time token. */
  @Post()
  @Requires('hubs-invites-send')
  @Answers(MembershipResponse, { status: 201 })
  async create(
    @CurrentPrincipal() caller: Principal,
    @Body() body: CreateInviteDto,
  ): Promise<Envelope<MembershipResponse>> {
    return { data: MembershipResponse.from(await this.invites.create(caller, body)) };
  }

  /** Revoke an invite. Its token is of no use from then on. */
  @Delete(':inviteId')
  @Requires('hubs-invites-manage')
  @Answers(MembershipResponse)
  async revoke(
    @CurrentPrincipal() caller: Principal,
    @Param('inviteId') id: string,
  ): Promise<Envelope<MembershipResponse>> {
    return { data: MembershipResponse.from(await this.invites.revoke(caller, id)) };
  }
}
