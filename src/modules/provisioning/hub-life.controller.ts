import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Authenticated,
  type Caller,
  CurrentCaller,
  CurrentPrincipal,
  type Principal,
  Requires,
} from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { Queries, ResourceQueries, type ResourceQuery } from '../../common/http/queries.js';
import { CreateHubDto, HubResponse, HubService } from '../hub/index.js';
import { JobDescriptorResponse } from '../job/index.js';
import { HubMembers } from '../member/index.js';
import { DeleteHubDto } from './dto/hub-life.dto.js';
import { CreatedHubMetaResponse, HubWithMetaResponse } from './dto/hub-life.response.js';
import { HubCreation } from './hub-creation.service.js';
import { HubDeletion } from './hub-deletion.service.js';

/** A hub as a whole: what needs to know of its members and of all that is in it. */
@ApiTags('Hub')
@Controller('v1/hubs')
export class HubLifeController {
  constructor(
    private readonly hubs: HubService,
    private readonly members: HubMembers,
    private readonly creation: HubCreation,
    private readonly deletion: HubDeletion,
  ) {}

  /** Make a hub and become its root, where the server lets you (setting `HUB_CREATION`). */
  @Post()
  @Authenticated('key-or-session')
  @Answers(HubResponse, { meta: CreatedHubMetaResponse })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() body: CreateHubDto,
  ): Promise<Envelope<HubResponse> & { meta: CreatedHubMetaResponse }> {
    const { hub, ownerKey } = await this.creation.create(caller, body);
    return { data: HubResponse.from(hub), meta: CreatedHubMetaResponse.from(ownerKey) };
  }

  /** The hub that the credential acts in. */
  @Get('current')
  @Authenticated()
  @ResourceQueries({ meta: ['memberships'] })
  @Answers(HubWithMetaResponse)
  async current(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<Envelope<HubWithMetaResponse>> {
    const own = query.meta.includes('memberships') ? await this.members.findOwn(caller) : undefined;
    return { data: HubWithMetaResponse.withMembership(await this.hubs.get(caller.hubId), own) };
  }

  /** Delete the hub with everything in it. Nobody gets in from now on; the job tells how far the rest has come. */
  @Delete('current')
  @Requires('hubs-delete')
  @Answers(JobDescriptorResponse, { status: 202 })
  async delete(
    @CurrentPrincipal() caller: Principal,
    @Body() { options }: DeleteHubDto,
  ): Promise<Envelope<JobDescriptorResponse>> {
    return { data: JobDescriptorResponse.from(await this.deletion.delete(caller, options?.force ?? false)) };
  }
}
