import { Body, Controller, Get, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers } from '../../common/http/answers.js';
import { IfMatch } from '../../common/http/if-match.js';
import { FlatQueries, Queries } from '../../common/http/queries.js';
import { entityTag, type Precondition } from '../../common/precondition.js';
import { type FlatQuery } from '../../common/query/index.js';
import { SetVariableDto, VARIABLE_QUERY } from './dto/variable.dto.js';
import { VariableSetResponse, VariableValueResponse } from './dto/variable.response.js';
import { VariableValues } from './variable-values.js';

@ApiTags('Variables')
@Controller('public-api/v1/variables')
export class VariablePublicController {
  constructor(private readonly values: VariableValues) {}

  /** The variables that the key may read, by name, with their values. */
  @Get()
  @Requires('read:lists', 'read')
  @Answers(VariableValueResponse, { list: true, shape: 'bare' })
  async list(@CurrentPrincipal() caller: Principal): Promise<VariableValueResponse[]> {
    return (await this.values.list(caller)).map((variable) => VariableValueResponse.from(variable));
  }

  /** Read a variable. */
  @Get('variable')
  @Requires('read:lists', 'read')
  @FlatQueries(VARIABLE_QUERY)
  @Answers(VariableValueResponse, { shape: 'bare' })
  async read(
    @CurrentPrincipal() caller: Principal,
    @Queries() { Name }: FlatQuery<typeof VARIABLE_QUERY>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VariableValueResponse> {
    const variable = await this.values.read(caller, Name);
    reply.header('ETag', entityTag(variable));
    return VariableValueResponse.from(variable);
  }

  /** Give a variable another value. With `If-Match` only if nobody has changed it since you read it. */
  @Put('variable')
  @Requires('write:lists', 'write')
  @Answers(VariableSetResponse, { shape: 'bare' })
  async write(
    @CurrentPrincipal() caller: Principal,
    @Body() { name, value }: SetVariableDto,
    @IfMatch() precondition: Precondition,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VariableSetResponse> {
    reply.header('ETag', entityTag(await this.values.write(caller, name, value, precondition)));
    return { state: 'Success' };
  }
}
