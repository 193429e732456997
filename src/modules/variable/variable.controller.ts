import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { IfMatch } from '../../common/http/if-match.js';
import { Queries, type ResourceQuery, ResourceQueries } from '../../common/http/queries.js';
import { type Precondition } from '../../common/precondition.js';
import { CreateVariableDto, UpdateVariableDto } from './dto/variable.dto.js';
import { VariableResponse } from './dto/variable.response.js';
import { VARIABLE_SORTS } from './variable.repository.js';
import { VariableService } from './variable.service.js';

@ApiTags('Variables')
@Controller('v1/hubs/current/variables')
export class VariableController {
  constructor(private readonly variables: VariableService) {}

  /** The variables of the hub. */
  @Get()
  @Requires('variables-manage')
  @ResourceQueries({ sort: VARIABLE_SORTS, filter: { search: {} }, page: true })
  @Answers(VariableResponse, { list: true })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<Envelope<VariableResponse[]>> {
    return { data: (await this.variables.list(caller, query)).map((variable) => VariableResponse.from(variable)) };
  }

  /** Make a variable. User groups say whose keys may read and write its value at the public door. */
  @Post()
  @Requires('variables-manage')
  @Answers(VariableResponse, { status: 201 })
  async create(
    @CurrentPrincipal() caller: Principal,
    @Body() body: CreateVariableDto,
  ): Promise<Envelope<VariableResponse>> {
    return { data: VariableResponse.from(await this.variables.create(caller, body)) };
  }

  /** One variable. */
  @Get(':variableId')
  @Requires('variables-manage')
  @Answers(VariableResponse)
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param('variableId') id: string,
  ): Promise<Envelope<VariableResponse>> {
    return { data: VariableResponse.from(await this.variables.get(caller, id)) };
  }

  /** Change a variable. Its type stays: make another one, and delete this one, instead. */
  @Patch(':variableId')
  @Requires('variables-manage')
  @Answers(VariableResponse)
  async update(
    @CurrentPrincipal() caller: Principal,
    @Param('variableId') id: string,
    @Body() body: UpdateVariableDto,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<VariableResponse>> {
    return { data: VariableResponse.from(await this.variables.update(caller, id, body, precondition)) };
  }

  /** Delete a variable and its value. Its name is free again. */
  @Delete(':variableId')
  @Requires('variables-manage')
  @Answers(VariableResponse)
  async delete(
    @CurrentPrincipal() caller: Principal,
    @Param('variableId') id: string,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<VariableResponse>> {
    return { data: VariableResponse.from(await this.variables.delete(caller, id, precondition)) };
  }
}
