import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Public, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { CONTRACT_STATES } from '../../common/http/contract.js';
import { IfMatch } from '../../common/http/if-match.js';
import { Queries, type ResourceQuery, ResourceQueries } from '../../common/http/queries.js';
import { type Precondition } from '../../common/precondition.js';
import { JobDescriptorResponse } from '../job/index.js';
import { DEFAULT_ROLES } from './default-roles.js';
import { CreateRoleDto, IDENTIFIER_PATTERN, UpdateRoleDto } from './dto/role.dto.js';
import { DefaultRoleResponse, DefaultRolesMetaResponse, RoleResponse } from './dto/role.response.js';
import { type Role } from './role.entity.js';
import { ROLE_SORTS } from './role.repository.js';
import { RoleService } from './role.service.js';

const FILTERS = {
  state: { values: CONTRACT_STATES, multiple: true },
  identifier: { pattern: IDENTIFIER_PATTERN, multiple: true },
  search: {},
};
const META = ['counts'];

@ApiTags('Roles')
@Controller('v1/hubs/current/roles')
export class RoleController {
  constructor(private readonly roles: RoleService) {}

  /** The roles of the hub. Deleted ones come only with `filter[state]=deleted`. */
  @Get()
  @Requires('hubs-roles-manage')
  @ResourceQueries({ sort: ROLE_SORTS, filter: FILTERS, page: true, meta: META })
  @Answers(RoleResponse, { list: true })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<Envelope<RoleResponse[]>> {
    return { data: await this.answersFor(caller, await this.roles.list(caller, query), query) };
  }

  /** Make a role. It ranks below your own, and has only capabilities that you hold. */
  @Post()
  @Requires('hubs-roles-manage')
  @Answers(RoleResponse, { status: 201 })
  async create(@CurrentPrincipal() caller: Principal, @Body() body: CreateRoleDto): Promise<Envelope<RoleResponse>> {
    return { data: RoleResponse.from(await this.roles.create(caller, body)) };
  }

  /** The roles that a new hub starts with. Open to all, as in the contract: they are no secret. */
  @Get('defaults')
  @Public()
  @Answers(DefaultRoleResponse, { list: true, meta: DefaultRolesMetaResponse })
  defaults(): Envelope<DefaultRoleResponse[]> & { meta: DefaultRolesMetaResponse } {
    return {
      data: DEFAULT_ROLES.map((role) => DefaultRoleResponse.from(role)),
      meta: DefaultRolesMetaResponse.from(DEFAULT_ROLES),
    };
  }

  /** One role. */
  @Get(':roleId')
  @Requires('hubs-roles-manage')
  @ResourceQueries({ meta: META })
  @Answers(RoleResponse)
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param('roleId') id: string,
    @Queries() query: ResourceQuery,
  ): Promise<Envelope<RoleResponse>> {
    const [role] = await this.answersFor(caller, [await this.roles.get(caller, id)], query);
    return { data: role };
  }

  /** Change a role. It must rank below your own; the change acts at once on every key that holds it. */
  @Patch(':roleId')
  @Requires('hubs-roles-manage')
  @Answers(RoleResponse)
  async update(
    @CurrentPrincipal() caller: Principal,
    @Param('roleId') id: string,
    @Body() body: UpdateRoleDto,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<RoleResponse>> {
    return { data: RoleResponse.from(await this.roles.update(caller, id, body, precondition)) };
  }

  /** Delete a role. No key may hold it any more. */
  @Delete(':roleId')
  @Requires('hubs-roles-manage')
  @Answers(JobDescriptorResponse, { status: 202 })
  async delete(
    @CurrentPrincipal() caller: Principal,
    @Param('roleId') id: string,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<JobDescriptorResponse>> {
    return { data: JobDescriptorResponse.from(await this.roles.delete(caller, id, precondition)) };
  }

  private async answersFor(
    caller: Principal,
    roles: readonly Role[],
    { meta }: ResourceQuery,
  ): Promise<RoleResponse[]> {
    const counts = meta.includes('counts') ? await this.roles.countsOf(caller, roles) : undefined;
    return roles.map((role) => RoleResponse.from(role, counts?.get(role.id)));
  }
}
