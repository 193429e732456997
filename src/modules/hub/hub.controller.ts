import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Authenticated,
  type Caller,
  CAPABILITIES,
  CurrentCaller,
  CurrentPrincipal,
  type Principal,
  Public,
  Requires,
} from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { CONTRACT_STATES } from '../../common/http/contract.js';
import { FlatQueries, Queries, ResourceQueries, type ResourceQuery } from '../../common/http/queries.js';
import { type FlatQuery } from '../../common/query/index.js';
import { UpdateHubDto } from './dto/hub.dto.js';
import { CapabilityMetaResponse, HubResponse } from './dto/hub.response.js';
import { WhoamiResponse } from './dto/whoami.response.js';
import { HubService } from './hub.service.js';

const FILTERS = {
  state: { values: CONTRACT_STATES, multiple: true, description: 'Left out: live and inactive ones.' },
  search: {},
  identifier: { multiple: true, description: 'Only those with one of these identifiers, e.g. `plant-nord`.' },
};

const UPDATE = {
  force: {
    kind: 'choice',
    values: ['true', 'false'],
    default: 'false',
    description: 'Whether the hub may also be closed to the key that asks (`require_domain`).',
  },
} as const;

@ApiTags('Hub')
@Controller('v1/hubs')
export class HubController {
  constructor(private readonly hubs: HubService) {}

  /** The hubs that you are a member of; for a key its own. */
  @Get()
  @Authenticated('key-or-session')
  @ResourceQueries({ filter: FILTERS, page: true })
  @Answers(HubResponse, { list: true })
  async list(@CurrentCaller() caller: Caller, @Queries() query: ResourceQuery): Promise<Envelope<HubResponse[]>> {
    return { data: (await this.hubs.listFor(caller, query)).map((hub) => HubResponse.from(hub)) };
  }

  /** Change the hub: its name, and what it demands of its keys and members. */
  @Patch('current')
  @Requires('hubs-update')
  @FlatQueries(UPDATE)
  @Answers(HubResponse)
  async update(
    @CurrentPrincipal() principal: Principal,
    @Body() body: UpdateHubDto,
    @Queries() { force }: FlatQuery<typeof UPDATE>,
  ): Promise<Envelope<HubResponse>> {
    return { data: HubResponse.from(await this.hubs.update(principal, body, force === 'true')) };
  }

  /** Who you are here. Also what you may do, when it ends, and the address that the server sees. */
  @Get('current/whoami')
  @Authenticated()
  @Answers(WhoamiResponse)
  whoami(@CurrentPrincipal() principal: Principal): Envelope<WhoamiResponse> {
    return { data: WhoamiResponse.from(principal) };
  }

  /** Every capability that a role can hold. Open to all, as in the contract: the catalogue is no secret. */
  @Get('capabilities')
  @Public()
  @Answers(String, { list: true, meta: CapabilityMetaResponse })
  capabilities(): { data: string[]; meta: CapabilityMetaResponse } {
    const captions = Object.fromEntries(CAPABILITIES.map(({ name, caption }) => [name, caption]));
    return { data: CAPABILITIES.map(({ name }) => name), meta: { captions } };
  }
}
