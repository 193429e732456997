import { Body, Controller, Delete, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { IfMatch } from '../../common/http/if-match.js';
import { type Precondition } from '../../common/precondition.js';
import { JobDescriptorResponse } from '../job/index.js';
import { AddColumnDto, UpdateColumnDto } from './dto/list.dto.js';
import { ColumnOutcomeResponse } from './dto/column-outcome.response.js';
import { ListStructure } from './list-structure.service.js';

/** The columns of a list, while its rows stay. `columnId` is the `id` that the list shows for the column. */
@ApiTags('Lists')
@Controller('v1/hubs/current/lists/:listId/columns')
export class ListColumnController {
  constructor(private readonly structure: ListStructure) {}

  /**
   * Add a column. The rows that exist are empty there; with `fill` they get the default: a job gives it to all of them,
   * and the column shows up when it is done.
   */
  @Post()
  @Requires('lists-manage')
  @Answers(ColumnOutcomeResponse, { status: 201 })
  async add(
    @CurrentPrincipal() caller: Principal,
    @Param('listId') id: string,
    @Body() body: AddColumnDto,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<ColumnOutcomeResponse>> {
    return { data: ColumnOutcomeResponse.from(await this.structure.addColumn(caller, id, body, precondition)) };
  }

  /**
   * Rename a column, change its rules, or its type. Nothing changes when rows are in the way, unless you say so. A new
   * type is a job: the list shows the old one until every row is converted, and then the new one, whole.
   */
  @Patch(':columnId')
  @Requires('lists-manage')
  @Answers(ColumnOutcomeResponse)
  async update(
    @CurrentPrincipal() caller: Principal,
    @Param('listId') id: string,
    @Param('columnId') columnId: string,
    @Body() body: UpdateColumnDto,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<ColumnOutcomeResponse>> {
    const outcome = await this.structure.changeColumn(caller, id, numberOf(columnId), body, precondition);
    return { data: ColumnOutcomeResponse.from(outcome) };
  }

  /** Drop a column with its values. Nobody sees them any more, at once; its id is not given again. */
  @Delete(':columnId')
  @Requires('lists-manage')
  @Answers(JobDescriptorResponse, { status: 202 })
  async drop(
    @CurrentPrincipal() caller: Principal,
    @Param('listId') id: string,
    @Param('columnId') columnId: string,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<JobDescriptorResponse>> {
    const job = await this.structure.dropColumn(caller, id, numberOf(columnId), precondition);
    return { data: JobDescriptorResponse.from(job) };
  }
}

/** What is no id of a column finds none. */
function numberOf(columnId: string): number {
  return /^[1-9]\d{0,9}$/.test(columnId) ? Number(columnId) : 0;
}
