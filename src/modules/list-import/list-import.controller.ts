import { Controller, Get, Param, Post, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { CSV_BODY } from '../../common/http/csv-body.js';
import { FlatQueries, Queries } from '../../common/http/queries.js';
import { JobDescriptorResponse } from '../job/index.js';
import { CREATE_QUERY, type CreateQuery, type FillQuery, IMPORT_QUERY } from './dto/list-import.dto.js';
import { ListImportResponse } from './dto/list-import.response.js';
import { ListImportService } from './list-import.service.js';
import { Upload } from './upload.js';
import { targetOf, Uploaded, UploadGuard } from './upload.guard.js';

const CSV_SCHEMA = { required: true, schema: { type: 'string' } } as const;

@ApiTags('Lists')
@Controller('v1/hubs/current/lists')
export class ListImportController {
  constructor(private readonly imports: ListImportService) {}

  /**
   * Make a list from a CSV file. The header line names its columns; `types` gives their types (Number, String or
   * Boolean, one for each column but ID, with commas), otherwise the cells tell: all true or false without quotes is
   * Boolean, all JSON numbers without quotes that a double keeps whole is Number, anything else is String. The list is
   * seen when all of its rows are there. Needs also the scope `write:lists` and the right `add` on every list (`*`), so
   * a session cannot do it. See the import into a list for the format and for what becomes of it.
   */
  @Post('imports')
  @Requires('lists-manage')
  @UseGuards(UploadGuard)
  @RouteConfig(CSV_BODY)
  @ApiConsumes('text/csv')
  @ApiBody(CSV_SCHEMA)
  @FlatQueries(CREATE_QUERY)
  @Answers(JobDescriptorResponse, { status: 202 })
  async create(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: CreateQuery,
    @Uploaded() upload: Upload,
  ): Promise<Envelope<JobDescriptorResponse>> {
    const job = await this.imports.begin(caller, { mode: 'create' }, { ...query, mode: 'create' }, upload);
    return { data: JobDescriptorResponse.from(job) };
  }

  /**
   * Bring the rows of a CSV file into a list. `append` adds them; `replace` puts them in the place of all rows that are
   * there, at once and only when all are ready. The file is UTF-8 (RFC 4180) with a header line that names columns of
   * the list in any order; ID is read over. An empty cell is null, a pair of quotes an empty text; numbers have a point,
   * truths are true or false. The delimiter is the one of comma, semicolon and tab that the header line has most of,
   * unless `delimiter` says. With `on_error=refuse` one refused row refuses the whole; with `skip` the others are
   * written. The id of the job is that of the import: `GET /v1/hubs/current/lists/imports/{importId}` tells of each
   * refused row. Needs also the scope `write:lists` and on this list the right `add`, for `replace` also `clear`, so a
   * session cannot do it; both are asked again while the work goes on.
   */
  @Post(':listId/imports')
  @Requires('lists-manage')
  @UseGuards(UploadGuard)
  @RouteConfig(CSV_BODY)
  @ApiConsumes('text/csv')
  @ApiBody(CSV_SCHEMA)
  @FlatQueries(IMPORT_QUERY)
  @Answers(JobDescriptorResponse, { status: 202 })
  async fill(
    @CurrentPrincipal() caller: Principal,
    @Param('listId') listId: string,
    @Queries() query: FillQuery,
    @Uploaded() upload: Upload,
  ): Promise<Envelope<JobDescriptorResponse>> {
    const { mode, on_error, delimiter } = query as FillQuery & { mode: 'append' | 'replace' };
    const job = await this.imports.begin(caller, targetOf(listId, { mode }), { mode, on_error, delimiter }, upload);
    return { data: JobDescriptorResponse.from(job) };
  }

  /** One import: how far it has come, and which rows it refused and why. */
  @Get('imports/:importId')
  @Requires('lists-manage')
  @Answers(ListImportResponse)
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param('importId') id: string,
  ): Promise<Envelope<ListImportResponse>> {
    return { data: ListImportResponse.from(await this.imports.get(caller, id)) };
  }
}
