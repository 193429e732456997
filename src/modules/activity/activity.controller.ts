import { Controller, Get, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers } from '../../common/http/answers.js';
import { Queries, type ResourceQuery, ResourceQueries } from '../../common/http/queries.js';
import { ID_PATTERN } from '../../common/ids.js';
import { ActivityExportService } from './activity-export.service.js';
import { ACTIVITY_SORTS } from './activity.repository.js';
import { type ActivityPage, ActivityService } from './activity.service.js';
import { ActivityAccountResponse, ActivityComponentNameResponse } from './dto/activity-includes.response.js';
import { ActivityResponse } from './dto/activity.response.js';

const IDS = { pattern: ID_PATTERN, multiple: true };
const PERIOD = {
  from: { time: true, description: 'Only what was written at this time or later (RFC 3339).' },
  to: { time: true, description: 'Only what was written before this time (RFC 3339).' },
};
const FILTERS = {
  search: {
    description: 'Only those whose event contains this text, or that name this id (as user, component or own).',
  },
  state: {
    values: ['info', 'warn', 'request', 'success', 'error', 'alert'],
    multiple: true,
    description: 'Only those with one of these statuses.',
  },
  user: { ...IDS, description: 'Only what one of these did or tried (ids, with commas between them).' },
  component: { ...IDS, description: 'Only what was done to one of these (ids, with commas between them).' },
  component_type: {
    pattern: /^[a-z0-9_]{1,32}$/,
    multiple: true,
    description: 'Only what was done to things of one of these types, e.g. `api_key,role`',
  },
  events: {
    pattern: /^[a-z0-9_.-]{1,64}$/,
    multiple: true,
    description: 'Only these events, e.g. `hub.apikey.create,hub.apikey.refused`',
  },
  verbosity: {
    values: ['0', '1', '2'],
    description: 'Up to this level of detail: 0 leaves out refusals, 1 and 2 have everything.',
  },
  ...PERIOD,
};
const LINES = { shape: 'bare', contentType: 'application/x-ndjson' } as const;

@ApiTags('Activity')
@Controller('v1/hubs/current/activity')
export class ActivityController {
  constructor(
    private readonly activity: ActivityService,
    private readonly exports: ActivityExportService,
  ) {}

  /** What happened in the hub: every change and every refusal. Newest first unless sorted; refusals are counted for about a minute and then come as one. */
  @Get()
  @Requires('hubs-auditlog-view')
  @ResourceQueries({ sort: ACTIVITY_SORTS, filter: FILTERS, page: true, include: ['users', 'components'] })
  @Answers(ActivityResponse, {
    list: true,
    includes: { users: { accounts: ActivityAccountResponse }, components: ActivityComponentNameResponse },
  })
  list(@CurrentPrincipal() caller: Principal, @Queries() query: ResourceQuery): Promise<ActivityPage> {
    return this.activity.list(caller, query);
  }

  /** Export what happened, as JSON lines that can be verified elsewhere. Oldest first; `hubgate audit verify --file` checks it without the database. Recorded as `hub.activity.export`. */
  @Get('export')
  @Requires('hubs-auditlog-view')
  @ResourceQueries({ filter: PERIOD })
  @Answers(String, LINES)
  async export(@CurrentPrincipal() caller: Principal, @Queries() query: ResourceQuery): Promise<StreamableFile> {
    return new StreamableFile(await this.exports.start(caller, query), {
      type: LINES.contentType,
      disposition: `attachment; filename="activity-${caller.hubId}.jsonl"`,
    });
  }
}
