import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, AnswersNothing } from '../../common/http/answers.js';
import { FlatQueries, Queries } from '../../common/http/queries.js';
import { type FlatQuery } from '../../common/query/index.js';
import { Config } from '../../config/index.js';
import { FORCE_QUERY } from './author.decorator.js';
import { DomainService } from './domain.service.js';
import { ClaimDomainDto } from './dto/domain.dto.js';
import { DomainResponse, DomainsResponse } from './dto/domain.response.js';

@ApiTags('Domains')
@Controller('api/v1/domains')
export class DomainController {
  constructor(
    private readonly domains: DomainService,
    private readonly config: Config,
  ) {}

  /** The domains of the hub, with those that wait for approval. */
  @Get()
  @Requires('domains-manage')
  @Answers(DomainsResponse, { shape: 'bare' })
  async list(@CurrentPrincipal() caller: Principal): Promise<DomainsResponse> {
    const server = this.config.addressOf();
    const domains = (await this.domains.list(caller)).map((domain) => DomainResponse.from(domain, server));
    return { domains, granted_domains: [] };
  }

  /** Claim a host name. It is `pending` until whoever runs the server approves it (`hubgate domain approve`). */
  @Post()
  @Requires('domains-manage')
  @Answers(DomainResponse, { status: 201, shape: 'bare' })
  async claim(@CurrentPrincipal() caller: Principal, @Body() body: ClaimDomainDto): Promise<DomainResponse> {
    return DomainResponse.from(await this.domains.claim(caller, body.name), this.config.addressOf());
  }

  /** One domain. */
  @Get(':domain')
  @Requires('domains-manage')
  @Answers(DomainResponse, { shape: 'bare' })
  async get(@CurrentPrincipal() caller: Principal, @Param('domain') name: string): Promise<DomainResponse> {
    return DomainResponse.from(await this.domains.get(caller, name), this.config.addressOf());
  }

  /** Give a domain up. Its rules end at once, and are deleted with its lists. */
  @Delete(':domain')
  @Requires('domains-manage')
  @FlatQueries(FORCE_QUERY)
  @AnswersNothing()
  async delete(
    @CurrentPrincipal() caller: Principal,
    @Param('domain') name: string,
    @Queries() { force }: FlatQuery<typeof FORCE_QUERY>,
  ): Promise<void> {
    await this.domains.delete(caller, name, force === 'true');
  }
}
