import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { IfMatch } from '../../common/http/if-match.js';
import { Queries, type ResourceQuery, ResourceQueries } from '../../common/http/queries.js';
import { type Precondition } from '../../common/precondition.js';
import { JobDescriptorResponse } from '../job/index.js';
import { CreateListDto, UpdateListDto } from './dto/list.dto.js';
import { ListResponse } from './dto/list.response.js';
import { LIST_SORTS } from './list.repository.js';
import { ListStructure } from './list-structure.service.js';
import { ListService } from './list.service.js';

@ApiTags('Lists')
@Controller('v1/hubs/current/lists')
export class ListController {
  constructor(
    private readonly lists: ListService,
    private readonly structure: ListStructure,
  ) {}

  /** The lists of the hub. */
  @Get()
  @Requires('lists-manage')
  @ResourceQueries({ sort: LIST_SORTS, filter: { search: {} }, page: true })
  @Answers(ListResponse, { list: true })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<Envelope<ListResponse[]>> {
    return { data: (await this.lists.list(caller, query)).map((list) => ListResponse.from(list)) };
  }

  /** Make a list. Its rows are read and written at the public door. */
  @Post()
  @Requires('lists-manage')
  @Answers(ListResponse, { status: 201 })
  async create(@CurrentPrincipal() caller: Principal, @Body() body: CreateListDto): Promise<Envelope<ListResponse>> {
    return { data: ListResponse.from(await this.lists.create(caller, body)) };
  }

  /** One list. */
  @Get(':listId')
  @Requires('lists-manage')
  @Answers(ListResponse)
  async get(@CurrentPrincipal() caller: Principal, @Param('listId') id: string): Promise<Envelope<ListResponse>> {
    return { data: ListResponse.from(await this.lists.get(caller, id)) };
  }

  /** Rename a list, or describe it. The new name acts at once at every door. */
  @Patch(':listId')
  @Requires('lists-manage')
  @Answers(ListResponse)
  async update(
    @CurrentPrincipal() caller: Principal,
    @Param('listId') id: string,
    @Body() body: UpdateListDto,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<ListResponse>> {
    return { data: ListResponse.from(await this.structure.update(caller, id, body, precondition)) };
  }

  /** Delete a list and all its rows. Nobody sees it any more, at once; its name is free again. */
  @Delete(':listId')
  @Requires('lists-manage')
  @Answers(JobDescriptorResponse, { status: 202 })
  async delete(
    @CurrentPrincipal() caller: Principal,
    @Param('listId') id: string,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<JobDescriptorResponse>> {
    return { data: JobDescriptorResponse.from(await this.lists.delete(caller, id, precondition)) };
  }
}
