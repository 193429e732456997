import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { IfMatch } from '../../common/http/if-match.js';
import { Queries, type ResourceQuery, ResourceQueries } from '../../common/http/queries.js';
import { type Precondition } from '../../common/precondition.js';
import { BOX_SORTS } from './box.repository.js';
import { BoxService } from './box.service.js';
import { CreateBoxDto, UpdateBoxDto } from './dto/box.dto.js';
import { BoxResponse, BoxTokenResponse } from './dto/box.response.js';

const FILTERS = {
  group: { description: 'The label exactly as it is' },
  search: { description: 'Any part of the name or of the box id, without case' },
};

@ApiTags('Boxes')
@Controller('v1/hubs/current/boxes')
export class BoxController {
  constructor(private readonly boxes: BoxService) {}

  /** The boxes of the hub. */
  @Get()
  @Requires('boxes-manage')
  @ResourceQueries({ sort: BOX_SORTS, filter: FILTERS, page: true })
  @Answers(BoxResponse, { list: true })
  async list(@CurrentPrincipal() caller: Principal, @Queries() query: ResourceQuery): Promise<Envelope<BoxResponse[]>> {
    return { data: (await this.boxes.list(caller, query)).map((box) => BoxResponse.from(box)) };
  }

  /** Make a box. Which keys may use it is decided by their user groups. */
  @Post()
  @Requires('boxes-manage')
  @Answers(BoxResponse, { status: 201 })
  async create(@CurrentPrincipal() caller: Principal, @Body() body: CreateBoxDto): Promise<Envelope<BoxResponse>> {
    return { data: BoxResponse.from(await this.boxes.create(caller, body)) };
  }

  /** One box. */
  @Get(':boxId')
  @Requires('boxes-manage')
  @Answers(BoxResponse)
  async get(@CurrentPrincipal() caller: Principal, @Param('boxId') id: string): Promise<Envelope<BoxResponse>> {
    return { data: BoxResponse.from(await this.boxes.get(caller, id)) };
  }

  /** Change a box. Another `address` takes the credentials away, unless new ones are in the same request. */
  @Patch(':boxId')
  @Requires('boxes-manage')
  @Answers(BoxResponse)
  async update(
    @CurrentPrincipal() caller: Principal,
    @Param('boxId') id: string,
    @Body() body: UpdateBoxDto,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<BoxResponse>> {
    return { data: BoxResponse.from(await this.boxes.update(caller, id, body, precondition)) };
  }

  /** Delete a box. Nobody sees it any more, its token is refused, and its box id is free again. */
  @Delete(':boxId')
  @Requires('boxes-manage')
  @Answers(BoxResponse)
  async delete(
    @CurrentPrincipal() caller: Principal,
    @Param('boxId') id: string,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<BoxResponse>> {
    return { data: BoxResponse.from(await this.boxes.delete(caller, id, precondition)) };
  }

  /** Make the token by which the box reports itself. It is shown this once; one before it is refused from now on. */
  @Post(':boxId/token')
  @Requires('boxes-manage')
  @Answers(BoxTokenResponse, { status: 201 })
  async makeToken(
    @CurrentPrincipal() caller: Principal,
    @Param('boxId') id: string,
  ): Promise<Envelope<BoxTokenResponse>> {
    const { token, shown } = await this.boxes.makeToken(caller, id);
    return { data: { token, box: BoxResponse.from(shown) } };
  }

  /** End the token of the box. It cannot report itself until it gets another one. */
  @Delete(':boxId/token')
  @Requires('boxes-manage')
  @Answers(BoxResponse)
  async endToken(@CurrentPrincipal() caller: Principal, @Param('boxId') id: string): Promise<Envelope<BoxResponse>> {
    return { data: BoxResponse.from(await this.boxes.endToken(caller, id)) };
  }
}
