import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { CurrentPrincipal, type Principal, Requires } from '../../../access/index.js';
import { Answers } from '../../../common/http/answers.js';
import { answerTable, CSV } from '../csv/table-answer.js';
import { TableResponse } from '../dto/row.response.js';
import { SqlQueryDto, sqlTableResponse } from './sql.dto.js';
import { SqlService } from './sql.service.js';

@ApiTags('Lists')
@Controller('public-api/v1/lists')
export class SqlPublicController {
  constructor(private readonly statements: SqlService) {}

  /**
   * Read lists by one SELECT. The dialect is that of SQL Server: columns, aliases, `count`, `sum`, `avg`, `min`, `max`,
   * `round`, `cast`, `getdate`, WHERE, GROUP BY, HAVING, ORDER BY, TOP, DISTINCT, inner and left joins. An answer ends
   * after 10,000 rows or 4 MiB; the header `X-More-Rows` says whether more would follow. With `Accept: text/csv` it is CSV, as a page of a list is.
   */
  @Post('list')
  @HttpCode(200)
  @Requires('read:lists', 'read')
  @Answers(TableResponse, { shape: 'bare', orText: CSV })
  async query(
    @CurrentPrincipal() caller: Principal,
    @Body() { sql }: SqlQueryDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TableResponse | string> {
    const table = await this.statements.select(caller, sql);
    reply.header('X-More-Rows', String(table.more));
    return answerTable(await sqlTableResponse(table), request, reply);
  }
}
