import { Body, Controller, Delete, Get, Post, Put, UseGuards } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers } from '../../common/http/answers.js';
import { FlatQueries, Queries } from '../../common/http/queries.js';
import { BoxListService } from './box-list.service.js';
import { BoxRowGuard } from './box-row.guard.js';
import {
  AddBoxRowDto,
  BOX_LISTS_QUERY,
  boxListQuery,
  type BoxListsQuery,
  ChangeBoxRowDto,
  DeleteBoxRowDto,
} from './dto/box-public.dto.js';
import { BoxAddedItemResponse, BoxCellResponse, BoxListResponse, BoxTableResponse } from './dto/box-public.response.js';
import { BOX_SUCCESS, BoxSuccessResponse } from './dto/box-success.response.js';

const NAMES_OR_ROWS = {
  oneOf: [
    { type: 'array', items: { $ref: getSchemaPath(BoxListResponse) } },
    { $ref: getSchemaPath(BoxTableResponse) },
  ],
};

@ApiTags('Boxes')
@ApiExtraModels(BoxCellResponse, BoxListResponse, BoxTableResponse)
@UseGuards(BoxRowGuard)
@Controller('public-api/v1/box/lists')
export class BoxListPublicController {
  constructor(private readonly lists: BoxListService) {}

  /** The lists on a box, or with `Name` the rows of one. Rows come from the box itself, never from an earlier time. */
  @Get()
  @Requires('read:box', 'read')
  @FlatQueries(BOX_LISTS_QUERY)
  @ApiResponse({ status: 200, description: 'Success.', schema: NAMES_OR_ROWS })
  async readBoxLists(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: BoxListsQuery,
  ): Promise<BoxListResponse[] | BoxTableResponse> {
    const { boxId, Name } = query;
    if (Name === undefined) {
      return (await this.lists.names(caller, boxId)).map((list) => BoxListResponse.from(list));
    }
    return BoxTableResponse.from(await this.lists.read(caller, boxId, boxListQuery(Name, query)));
  }

  /** Add a row to a list on a box. */
  @Post()
  @Requires('write:box', 'write')
  @Answers(BoxAddedItemResponse, { shape: 'bare' })
  async addBoxRow(@CurrentPrincipal() caller: Principal, @Body() body: AddBoxRowDto): Promise<BoxAddedItemResponse> {
    return BoxAddedItemResponse.from(await this.lists.add(caller, body.boxId, body.listName, body.data));
  }

  /** Change some values of a row of a list on a box. */
  @Put()
  @Requires('write:box', 'write')
  @Answers(BoxSuccessResponse, { shape: 'bare' })
  changeBoxRow(@CurrentPrincipal() caller: Principal, @Body() body: ChangeBoxRowDto): Promise<BoxSuccessResponse> {
    const { boxId, listName, rowId, data } = body;
    return this.lists.change(caller, boxId, listName, rowId, data).then(() => BOX_SUCCESS);
  }

  /** Delete a row of a list on a box. */
  @Delete()
  @Requires('write:box', 'write')
  @Answers(BoxSuccessResponse, { shape: 'bare' })
  deleteBoxRow(@CurrentPrincipal() caller: Principal, @Body() body: DeleteBoxRowDto): Promise<BoxSuccessResponse> {
    const { boxId, listName, rowId } = body;
    return this.lists.remove(caller, boxId, listName, rowId).then(() => BOX_SUCCESS);
  }
}
