import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { CONTRACT_STATES } from '../../common/http/contract.js';
import { FlatQueries, Queries, type ResourceQuery, ResourceQueries } from '../../common/http/queries.js';
import { ID_PATTERN } from '../../common/ids.js';
import { type FlatQuery, type FlatQuerySpec } from '../../common/query/index.js';
import { RoleResponse } from '../role/index.js';
import { type ApiKey } from './api-key.entity.js';
import { API_KEY_SORTS } from './api-key.repository.js';
import { ApiKeyService } from './api-key.service.js';
import { CREATED_FATES } from './created-keys.js';
import { CreateApiKeyDto, UpdateApiKeyDto } from './dto/api-key.dto.js';
import { ApiKeyResponse } from './dto/api-key.response.js';
import { CreatedByKeyResponse, DeletedKeyMetaResponse } from './dto/created-keys.response.js';

interface WithRoles<T> extends Envelope<T> {
  includes?: { roles: Record<string, RoleResponse> };
}

const IDS = { pattern: ID_PATTERN, multiple: true };
const FILTERS = {
  state: { values: CONTRACT_STATES, multiple: true },
  search: {},
  role: IDS,
  group: IDS,
  creator: IDS,
};
const DELETE_QUERY = {
  created: { kind: 'choice', values: CREATED_FATES, default: 'keep' },
} as const satisfies FlatQuerySpec;

@ApiTags('API keys')
@Controller('v1/hubs/current/api-keys')
export class ApiKeyController {
  constructor(private readonly keys: ApiKeyService) {}

  /** The API keys of the hub. Deleted ones come only with `filter[state]=deleted`. */
  @Get()
  @Requires('api-keys-manage')
  @ResourceQueries({ sort: API_KEY_SORTS, filter: FILTERS, page: true, include: ['roles'] })
  @Answers(ApiKeyResponse, { list: true, includes: { roles: RoleResponse } })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<WithRoles<ApiKeyResponse[]>> {
    const keys = await this.keys.list(caller, query);
    return { data: keys.map((key) => ApiKeyResponse.from(key)), ...(await this.includesFor(caller, keys, query)) };
  }

  /** Make a key. Its secret is in this answer and never again. */
  @Post()
  @Requires('api-keys-manage')
  @Answers(ApiKeyResponse, { status: 201 })
  async create(
    @CurrentPrincipal() caller: Principal,
    @Body() body: CreateApiKeyDto,
  ): Promise<Envelope<ApiKeyResponse>> {
    const { key, secret } = await this.keys.create(caller, body);
    return { data: ApiKeyResponse.created(key, secret) };
  }

  /** One key. */
  @Get(':apikeyId')
  @Requires('api-keys-manage')
  @ResourceQueries({ include: ['roles'] })
  @Answers(ApiKeyResponse, { includes: { roles: RoleResponse } })
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param('apikeyId') id: string,
    @Queries() query: ResourceQuery,
  ): Promise<WithRoles<ApiKeyResponse>> {
    const key = await this.keys.get(caller, id);
    return { data: ApiKeyResponse.from(key), ...(await this.includesFor(caller, [key], query)) };
  }

  /** Change a key. It acts at once, also on tokens that are out. */
  @Patch(':apikeyId')
  @Requires('api-keys-manage')
  @Answers(ApiKeyResponse)
  async update(
    @CurrentPrincipal() caller: Principal,
    @Param('apikeyId') id: string,
    @Body() body: UpdateApiKeyDto,
  ): Promise<Envelope<ApiKeyResponse>> {
    return { data: ApiKeyResponse.from(await this.keys.update(caller, id, body)) };
  }

  /** Revoke a key. It and its tokens are refused from the next request on, on every node within a second. */
  @Delete(':apikeyId')
  @Requires('api-keys-manage')
  @FlatQueries(DELETE_QUERY)
  @Answers(ApiKeyResponse, { meta: DeletedKeyMetaResponse })
  async delete(
    @CurrentPrincipal() caller: Principal,
    @Param('apikeyId') id: string,
    @Queries() query: FlatQuery<typeof DELETE_QUERY>,
  ): Promise<Envelope<ApiKeyResponse> & { meta: DeletedKeyMetaResponse }> {
    const { key, created } = await this.keys.delete(caller, id, query.created);
    return { data: ApiKeyResponse.from(key), meta: { created: CreatedByKeyResponse.from(created) } };
  }

  private async includesFor(
    caller: Principal,
    keys: readonly ApiKey[],
    { include }: ResourceQuery,
  ): Promise<Pick<WithRoles<unknown>, 'includes'>> {
    if (!include.includes('roles')) {
      return {};
    }
    const roles = await this.keys.rolesOf(caller, keys);
    return { includes: { roles: Object.fromEntries(roles.map((role) => [role.id, RoleResponse.from(role)])) } };
  }
}
