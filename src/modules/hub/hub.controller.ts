import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authenticated, CAPABILITIES, CurrentPrincipal, type Principal, Public, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { UpdateHubDto } from './dto/hub.dto.js';
import { CapabilityMetaResponse, HubResponse } from './dto/hub.response.js';
import { WhoamiResponse } from './dto/whoami.response.js';
import { HubService } from './hub.service.js';

@ApiTags('Hub')
@Controller('v1/hubs')
export class HubController {
  constructor(private readonly hubs: HubService) {}

  /** The hub that the credential belongs to. */
  @Get('current')
  @Authenticated()
  @Answers(HubResponse)
  async current(@CurrentPrincipal() principal: Principal): Promise<Envelope<HubResponse>> {
    return { data: HubResponse.from(await this.hubs.get(principal.hubId)) };
  }

  /** Change the hub: what it demands of its keys. */
  @Patch('current')
  @Requires('hubs-update')
  @Answers(HubResponse)
  async update(@CurrentPrincipal() principal: Principal, @Body() body: UpdateHubDto): Promise<Envelope<HubResponse>> {
    return { data: HubResponse.from(await this.hubs.update(principal, body)) };
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
