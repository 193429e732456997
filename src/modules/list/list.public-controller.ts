import { Body, Controller, Delete, Get, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExtraModels, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers } from '../../common/http/answers.js';
import { IfMatch } from '../../common/http/if-match.js';
import { FlatQueries, Queries } from '../../common/http/queries.js';
import { entityTag, type Precondition } from '../../common/precondition.js';
import { answerTable, CSV } from './csv/table-answer.js';
import {
  AddRowDto,
  ChangeRowDto,
  ClearListDto,
  DeleteRowDto,
  LIST_QUERY,
  type ListQuery,
  type OneRowQuery,
  ROW_QUERY,
  rowQuery,
} from './dto/row.dto.js';
import {
  AddedItemResponse,
  CellResponse,
  ItemResponse,
  ListSummaryResponse,
  StateSuccessResponse,
  SUCCESS,
  TableResponse,
} from './dto/row.response.js';
import { RowBodyGuard } from './row-body.guard.js';
import { type RowPage, RowService } from './row.service.js';

@ApiTags('Lists')
@ApiExtraModels(CellResponse)
@UseGuards(RowBodyGuard)
@Controller('public-api/v1/lists')
export class ListPublicController {
  constructor(private readonly rows: RowService) {}

  /** The lists that the key may read. */
  @Get()
  @Requires('read:lists', 'read')
  @Answers(ListSummaryResponse, { list: true, shape: 'bare' })
  async list(@CurrentPrincipal() caller: Principal): Promise<ListSummaryResponse[]> {
    return (await this.rows.lists(caller)).map((list) => ListSummaryResponse.from(list));
  }

  /**
   * Read a list, a page at once. A page has at most `MaxRows` rows and ends early before the row that would make the
   * answer longer than 4 MiB; it has at least one row where one is left. The header `X-More-Rows` says whether more
   * follow: go on with `SkipRows` raised by the number of rows that you got. With `Accept: text/csv` the rows come as
   * CSV (RFC 4180, UTF-8): a header line, text in quotes, empty cells empty. Texts are never altered: import the file as
   * text into a spreadsheet, where a text that begins with = + - or @ could be taken for a formula.
   */
  @Get('list')
  @Requires('read:lists', 'read')
  @FlatQueries(LIST_QUERY)
  @Answers(TableResponse, { shape: 'bare', orText: CSV })
  async read(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ListQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TableResponse | string> {
    return answerTable(await tableOf(await this.rows.read(caller, rowQuery(query)), reply), request, reply);
  }

  /** Remove all rows of a list at once. Its columns stay, and IDs are not given again. */
  @Delete('list')
  @Requires('write:lists', 'clear')
  @Answers(StateSuccessResponse, { shape: 'bare' })
  clear(@CurrentPrincipal() caller: Principal, @Body() { listName }: ClearListDto): Promise<StateSuccessResponse> {
    return this.rows.clear(caller, listName).then(() => SUCCESS);
  }

  /** Read one row. Its `ETag` names the state that it is in: send it as `If-Match` with your change. */
  @Get('items')
  @Requires('read:lists', 'read')
  @FlatQueries(ROW_QUERY)
  @Answers(ItemResponse, { shape: 'bare' })
  async get(
    @CurrentPrincipal() caller: Principal,
    @Queries() { Name, RowId }: OneRowQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ItemResponse> {
    const found = await this.rows.get(caller, Name, RowId);
    reply.header('ETag', entityTag(found.state));
    return ItemResponse.from(found);
  }

  /** Add a row. Its new ID is the first value of the answer. */
  @Post('items')
  @Requires('write:lists', 'add')
  @Answers(AddedItemResponse, { shape: 'bare' })
  async add(
    @CurrentPrincipal() caller: Principal,
    @Body() { listName, data }: AddRowDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AddedItemResponse> {
    const added = await this.rows.add(caller, listName, data);
    reply.header('ETag', entityTag(added.state));
    return AddedItemResponse.from(added);
  }

  /** Change some values of a row. */
  @Put('items')
  @Requires('write:lists', 'change')
  @Answers(StateSuccessResponse, { shape: 'bare' })
  async change(
    @CurrentPrincipal() caller: Principal,
    @Body() { listName, rowId, data }: ChangeRowDto,
    @IfMatch() precondition: Precondition,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StateSuccessResponse> {
    reply.header('ETag', entityTag(await this.rows.change(caller, listName, rowId, data, precondition)));
    return SUCCESS;
  }

  /** Delete a row. Its ID is not given again. */
  @Delete('items')
  @Requires('write:lists', 'delete')
  @Answers(StateSuccessResponse, { shape: 'bare' })
  remove(
    @CurrentPrincipal() caller: Principal,
    @Body() { listName, rowId }: DeleteRowDto,
    @IfMatch() precondition: Precondition,
  ): Promise<StateSuccessResponse> {
    return this.rows.remove(caller, listName, rowId, precondition).then(() => SUCCESS);
  }
}

/** The table object has no place for it, and cutting without a word would mislead. */
function tableOf(page: RowPage, reply: FastifyReply): Promise<TableResponse> {
  reply.header('X-More-Rows', String(page.more));
  return TableResponse.from(page);
}
