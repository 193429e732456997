import { Body, Controller, Delete, Get, Param, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires, Authenticated } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { FlatQueries, Queries, ResourceQueries, type ResourceQuery } from '../../common/http/queries.js';
import { ID_PATTERN } from '../../common/ids.js';
import { type FlatQuery, type FlatQuerySpec } from '../../common/query/index.js';
import { PublicAccountResponse } from '../account/index.js';
import { CREATED_FATES, CreatedByKeyResponse, DeletedKeyMetaResponse } from '../api-key/index.js';
import { JobDescriptorResponse } from '../job/index.js';
import { RoleResponse } from '../role/index.js';
import { UpdateMemberDto } from './dto/member.dto.js';
import { MembershipResponse } from './dto/membership.response.js';
import { MEMBERSHIP_SORTS } from './member.repository.js';
import { MemberService } from './member.service.js';
import { MembershipAnswers, type MembershipsAnswer } from './membership-answers.js';

const INCLUDE = ['accounts', 'roles'];
const INCLUDES = { accounts: PublicAccountResponse, roles: RoleResponse };
const FILTERS = {
  state: { values: ['accepted', 'deleted'], multiple: true, description: 'Left out: who is a member now.' },
  search: { description: 'Only those whose address contains this text, in any case.' },
  role: { pattern: ID_PATTERN, multiple: true },
};
const DELETE_QUERY = {
  created: { kind: 'choice', values: CREATED_FATES, default: 'keep' },
} as const satisfies FlatQuerySpec;

@ApiTags('Members')
@Controller('v1/hubs/current')
export class MemberController {
  constructor(
    private readonly members: MemberService,
    private readonly answers: MembershipAnswers,
  ) {}

  /** The members of the hub. */
  @Get('members')
  @Requires('hubs-members-view')
  @ResourceQueries({ sort: MEMBERSHIP_SORTS, filter: FILTERS, page: true, include: INCLUDE })
  @Answers(MembershipResponse, { list: true, includes: INCLUDES })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<MembershipsAnswer<MembershipResponse[]>> {
    return this.answers.list(await this.members.list(caller, query), query);
  }

  /** Your own membership. A key has none. */
  @Get('membership')
  @Authenticated()
  @ResourceQueries({ include: INCLUDE })
  @Answers(MembershipResponse, { includes: INCLUDES })
  async own(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<MembershipsAnswer<MembershipResponse>> {
    return this.answers.one(await this.members.getOwn(caller), query);
  }

  /** One member, by the account. */
  @Get('members/account/:accountId')
  @Requires('hubs-members-view')
  @ResourceQueries({ include: INCLUDE, meta: ['capabilities'] })
  @Answers(MembershipResponse, { includes: INCLUDES })
  async getByAccount(
    @CurrentPrincipal() caller: Principal,
    @Param('accountId') accountId: string,
    @Queries() query: ResourceQuery,
  ): Promise<MembershipsAnswer<MembershipResponse>> {
    return this.answers.one(await this.members.getByAccount(caller, accountId), query);
  }

  /** One member. */
  @Get('members/:memberId')
  @Requires('hubs-members-view')
  @ResourceQueries({ include: INCLUDE })
  @Answers(MembershipResponse, { includes: INCLUDES })
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param('memberId') id: string,
    @Queries() query: ResourceQuery,
  ): Promise<MembershipsAnswer<MembershipResponse>> {
    return this.answers.one(await this.members.get(caller, id), query);
  }

  /** Give a member another role. It acts at once, on every session of the person. */
  @Patch('members/:memberId')
  @Requires('hubs-members-manage')
  @Answers(MembershipResponse)
  async update(
    @CurrentPrincipal() caller: Principal,
    @Param('memberId') id: string,
    @Body() body: UpdateMemberDto,
  ): Promise<Envelope<MembershipResponse>> {
    return { data: MembershipResponse.from(await this.members.update(caller, id, body)) };
  }

  /** Remove a member. The person is out at once; the keys that they made are told, and end too on `created=revoke`. */
  @Delete('members/:memberId')
  @Requires('hubs-members-manage')
  @FlatQueries(DELETE_QUERY)
  @Answers(JobDescriptorResponse, { status: 202, meta: DeletedKeyMetaResponse })
  async remove(
    @CurrentPrincipal() caller: Principal,
    @Param('memberId') id: string,
    @Queries() query: FlatQuery<typeof DELETE_QUERY>,
  ): Promise<Envelope<JobDescriptorResponse> & { meta: DeletedKeyMetaResponse }> {
    const { job, created } = await this.members.remove(caller, id, query.created);
    return { data: JobDescriptorResponse.from(job), meta: { created: CreatedByKeyResponse.from(created) } };
  }
}
