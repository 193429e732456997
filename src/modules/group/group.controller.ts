import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { IfMatch } from '../../common/http/if-match.js';
import { Queries, type ResourceQuery, ResourceQueries } from '../../common/http/queries.js';
import { type Precondition } from '../../common/precondition.js';
import { CreateGroupDto, UpdateGroupDto } from './dto/group.dto.js';
import { GroupResponse } from './dto/group.response.js';
import { GROUP_SORTS } from './group.repository.js';
import { GroupService } from './group.service.js';

@ApiTags('Groups')
@Controller('v1/hubs/current/groups')
export class GroupController {
  constructor(private readonly groups: GroupService) {}

  /** The user groups of the hub. */
  @Get()
  @Requires('groups-manage')
  @ResourceQueries({ sort: GROUP_SORTS, filter: { search: {} }, page: true })
  @Answers(GroupResponse, { list: true })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<Envelope<GroupResponse[]>> {
    return { data: (await this.groups.list(caller, query)).map((group) => GroupResponse.from(group)) };
  }

  /** Make a user group. It says what data its keys may touch. */
  @Post()
  @Requires('groups-manage')
  @Answers(GroupResponse, { status: 201 })
  async create(@CurrentPrincipal() caller: Principal, @Body() body: CreateGroupDto): Promise<Envelope<GroupResponse>> {
    return { data: GroupResponse.from(await this.groups.create(caller, body)) };
  }

  /** One user group. */
  @Get(':groupId')
  @Requires('groups-manage')
  @Answers(GroupResponse)
  async get(@CurrentPrincipal() caller: Principal, @Param('groupId') id: string): Promise<Envelope<GroupResponse>> {
    return { data: GroupResponse.from(await this.groups.get(caller, id)) };
  }

  /** Change a user group. It acts at once on every key and token of the group. */
  @Patch(':groupId')
  @Requires('groups-manage')
  @Answers(GroupResponse)
  async update(
    @CurrentPrincipal() caller: Principal,
    @Param('groupId') id: string,
    @Body() body: UpdateGroupDto,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<GroupResponse>> {
    return { data: GroupResponse.from(await this.groups.update(caller, id, body, precondition)) };
  }

  /** Delete a user group. No key may belong to it any more. */
  @Delete(':groupId')
  @Requires('groups-manage')
  @Answers(GroupResponse)
  async delete(
    @CurrentPrincipal() caller: Principal,
    @Param('groupId') id: string,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<GroupResponse>> {
    return { data: GroupResponse.from(await this.groups.delete(caller, id, precondition)) };
  }
}
