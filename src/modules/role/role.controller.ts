import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { JobDescriptorResponse } from '../../common/http/contract.js';
import { IfMatch } from '../../common/http/if-match.js';
import { Queries, type ResourceQuery, ResourceQueries } from '../../common/http/queries.js';
import { type Precondition } from '../../common/precondition.js';
import { CreateRoleDto, IDENTIFIER_PATTERN, UpdateRoleDto } from './dto/role.dto.js';
import { RoleResponse } from './dto/role.response.js';
import { ROLE_SORTS } from './role.repository.js';
import { RoleService } from './role.service.js';

@ApiTags('Roles')
@Controller('v1/hubs/current/roles')
export class RoleController {
  constructor(private readonly roles: RoleService) {}

  /** The roles of the hub. */
  @Get()
  @Requires('hubs-roles-manage')
  @ResourceQueries({
    sort: ROLE_SORTS,
    filter: { identifier: { pattern: IDENTIFIER_PATTERN, multiple: true } },
    page: true,
  })
  @Answers(RoleResponse, { list: true })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<Envelope<RoleResponse[]>> {
    return { data: (await this.roles.list(caller, query)).map((role) => RoleResponse.from(role)) };
  }

  /** Make a role. It ranks below your own, and has only capabilities that you hold. */
  @Post()
  @Requires('hubs-roles-manage')
  @Answers(RoleResponse, { status: 201 })
  async create(@CurrentPrincipal() caller: Principal, @Body() body: CreateRoleDto): Promise<Envelope<RoleResponse>> {
    return { data: RoleResponse.from(await this.roles.create(caller, body)) };
  }

  /** One role. */
  @Get(':roleId')
  @Requires('hubs-roles-manage')
  @Answers(RoleResponse)
  async get(@CurrentPrincipal() caller: Principal, @Param('roleId') id: string): Promise<Envelope<RoleResponse>> {
    return { data: RoleResponse.from(await this.roles.get(caller, id)) };
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
    await this.roles.delete(caller, id, precondition);
    return { data: { action: 'hub.role.delete' } };
  }
}
