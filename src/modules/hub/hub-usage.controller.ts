import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { Queries, ResourceQueries, type ResourceQuery } from '../../common/http/queries.js';
import { type FilterRule } from '../../common/query/index.js';
import { HubUsageResponse } from './dto/hub-usage.response.js';
import { HubUsageService } from './hub-usage.service.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const FILTERS: Readonly<Record<string, FilterRule>> = {
  from: {
    pattern: DAY,
    format: 'date',
    description: 'The first day, UTC, e.g. 2026-03-01. Left out: 29 days before the last one',
  },
  to: { pattern: DAY, format: 'date', description: 'The last day, UTC, e.g. 2026-03-31. Left out: today' },
};

@ApiTags('Hub')
@Controller('v1/hubs/current/usage')
export class HubUsageController {
  constructor(private readonly days: HubUsageService) {}

  /** What the hub holds and held, day by day, from its first day on. */
  @Get()
  @Requires('hubs-usage-view')
  @ResourceQueries({ filter: FILTERS })
  @Answers(HubUsageResponse, { list: true })
  async usage(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<Envelope<HubUsageResponse[]>> {
    return { data: (await this.days.list(caller, query)).map((day) => HubUsageResponse.from(day)) };
  }
}
