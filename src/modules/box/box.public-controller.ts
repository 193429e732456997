import { Body, Controller, Get, Header, Post, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers } from '../../common/http/answers.js';
import { FlatQueries, Queries } from '../../common/http/queries.js';
import { BoxAccess } from './box-access.js';
import { BOX_QUERY, type BoxQuery, ChangeVariableDto, RunFunctionDto } from './dto/box-public.dto.js';
import { BoxFunctionResponse, BoxSummaryResponse, BoxVariableResponse } from './dto/box-public.response.js';
import { BOX_SUCCESS, BoxSuccessResponse } from './dto/box-success.response.js';
import { FunctionService } from './function.service.js';
import { type Told, ToldService } from './told.service.js';
import { BoxVariableService } from './variable.service.js';

const TEXT = 'text/plain; charset=utf-8';

@ApiTags('Boxes')
@Controller('public-api/v1/box')
export class BoxPublicController {
  constructor(
    private readonly access: BoxAccess,
    private readonly functions: FunctionService,
    private readonly variables: BoxVariableService,
    private readonly told: ToldService,
  ) {}

  /** The boxes that the key may read. */
  @Get()
  @Requires('read:box', 'read')
  @Answers(BoxSummaryResponse, { list: true, shape: 'bare' })
  async list(@CurrentPrincipal() caller: Principal): Promise<BoxSummaryResponse[]> {
    return (await this.access.list(caller)).map((box) => BoxSummaryResponse.from(box));
  }

  /**
   * The functions that a box shares. While the box cannot be reached you get those that it told last, and the header
   * `X-Reported-At` says when that was.
   */
  @Get('functions')
  @Requires('read:box', 'read')
  @FlatQueries(BOX_QUERY)
  @Answers(BoxFunctionResponse, { list: true, shape: 'bare' })
  async listFunctions(
    @CurrentPrincipal() caller: Principal,
    @Queries() { boxId }: BoxQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BoxFunctionResponse[]> {
    const functions = valueOf(await this.functions.list(caller, boxId), reply);
    return functions.map((one) => BoxFunctionResponse.from(one));
  }

  /**
   * Run a function of a box, once. The body of the answer is the return value as text, and empty when there is none.
   * Nothing is ever tried again: after a 504 the function may have run.
   */
  @Post('function')
  @Requires('write:box', 'write')
  @Header('content-type', TEXT)
  @Answers(String, { shape: 'bare', contentType: 'text/plain' })
  run(@CurrentPrincipal() caller: Principal, @Body() body: RunFunctionDto): Promise<string> {
    return this.functions.run(caller, body);
  }

  /**
   * What a box shows, as the base64 of a PNG. While the box cannot be reached you get what it showed last, and the
   * header `X-Reported-At` says when that was.
   */
  @Get('screenshot')
  @Requires('read:box', 'read')
  @FlatQueries(BOX_QUERY)
  @Header('content-type', TEXT)
  @Answers(String, { shape: 'bare', contentType: 'text/plain' })
  async screenshot(
    @CurrentPrincipal() caller: Principal,
    @Queries() { boxId }: BoxQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const box = await this.access.get(caller, 'read', boxId);
    return valueOf(await this.told.screenshot(box), reply);
  }

  /**
   * The variables of what runs on a box. While the box cannot be reached you get those that it told last, and the
   * header `X-Reported-At` says when that was.
   */
  @Get('variables')
  @Requires('read:box', 'read')
  @FlatQueries(BOX_QUERY)
  @Answers(BoxVariableResponse, { list: true, shape: 'bare' })
  async listVariables(
    @CurrentPrincipal() caller: Principal,
    @Queries() { boxId }: BoxQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BoxVariableResponse[]> {
    const variables = valueOf(await this.variables.list(caller, boxId), reply);
    return variables.map((one) => BoxVariableResponse.from(one));
  }

  /** Change a variable on a box. */
  @Put('variables')
  @Requires('write:box', 'write')
  @Answers(BoxSuccessResponse, { shape: 'bare' })
  changeVariable(@CurrentPrincipal() caller: Principal, @Body() body: ChangeVariableDto): Promise<BoxSuccessResponse> {
    return this.variables.change(caller, body).then(() => BOX_SUCCESS);
  }
}

function valueOf<T>({ value, at }: Told<T>, reply: FastifyReply): T {
  if (at !== null) {
    reply.header('X-Reported-At', new Date(at).toISOString());
  }
  return value;
}
