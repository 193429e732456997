import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { CONTRACT_STATES } from '../../common/http/contract.js';
import { IfMatch } from '../../common/http/if-match.js';
import { FlatQueries, Queries, type ResourceQuery, ResourceQueries } from '../../common/http/queries.js';
import { ID_PATTERN } from '../../common/ids.js';
import { type Precondition } from '../../common/precondition.js';
import { type FlatQuery, type FlatQuerySpec } from '../../common/query/index.js';
import { RoleResponse } from '../role/index.js';
import { type ApiKey } from './api-key.entity.js';
import { type ApiKeyWithUse } from './api-key.repository.js';
import { ApiKeyService } from './api-key.service.js';
import { CREATED_FATES } from './created-keys.js';
import { API_KEY_SORTS } from './key-page.js';
import { CreateApiKeyDto, UpdateApiKeyDto } from './dto/api-key.dto.js';
import { ApiKeyResponse } from './dto/api-key.response.js';
import { CreatedByKeyResponse, DeletedKeyMetaResponse } from './dto/created-keys.response.js';
import { SecretService } from './secret.service.js';

interface WithRoles<T> extends Envelope<T> {
  includes?: { roles: Record<string, RoleResponse> };
}

const IDS = { pattern: ID_PATTERN, multiple: true };
export const API_KEY_FILTERS = {
  state: { values: CONTRACT_STATES, multiple: true },
  search: {},
  role: IDS,
  group: IDS,
  creator: IDS,
  expires_before: { time: true },
  last_used_before: { time: true },
};
const DELETE_QUERY = {
  created: { kind: 'choice', values: CREATED_FATES, default: 'keep' },
} as const satisfies FlatQuerySpec;

@ApiTags('API keys')
@Controller('v1/hubs/current/api-keys')
export class ApiKeyController {
  constructor(
    private readonly keys: ApiKeyService,
    private readonly secrets: SecretService,
  ) {}

  /** The API keys of the hub. Deleted ones come only with `filter[state]=deleted`. */
  @Get()
  @Requires('api-keys-manage')
  @ResourceQueries({ sort: API_KEY_SORTS, filter: API_KEY_FILTERS, page: true, include: ['roles'], meta: ['usage'] })
  @Answers(ApiKeyResponse, { list: true, includes: { roles: RoleResponse } })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<WithRoles<ApiKeyResponse[]>> {
    const keys = await this.keys.list(caller, query);
    const includes = await this.includesFor(caller, keys, query);
    return { data: await this.answersFor(caller, keys, query), ...includes };
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
  @ResourceQueries({ include: ['roles'], meta: ['usage'] })
  @Answers(ApiKeyResponse, { includes: { roles: RoleResponse } })
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param('apikeyId') id: string,
    @Queries() query: ResourceQuery,
  ): Promise<WithRoles<ApiKeyResponse>> {
    const key = await this.keys.get(caller, id);
    const [data] = await this.answersFor(caller, [key], query);
    return { data, ...(await this.includesFor(caller, [key], query)) };
  }

  /** Change a key. It acts at once, also on tokens that are out. */
  @Patch(':apikeyId')
  @Requires('api-keys-manage')
  @Answers(ApiKeyResponse)
  async update(
    @CurrentPrincipal() caller: Principal,
    @Param('apikeyId') id: string,
    @Body() body: UpdateApiKeyDto,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<ApiKeyResponse>> {
    return { data: ApiKeyResponse.from(await this.keys.update(caller, id, body, precondition)) };
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
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<ApiKeyResponse> & { meta: DeletedKeyMetaResponse }> {
    const { key, created } = await this.keys.delete(caller, id, query.created, precondition);
    return { data: ApiKeyResponse.from(key), meta: { created: CreatedByKeyResponse.from(created) } };
  }

  private async answersFor(
    caller: Principal,
    keys: readonly ApiKeyWithUse[],
    { meta }: ResourceQuery,
  ): Promise<ApiKeyResponse[]> {
    const live = meta.includes('usage') ? await this.secrets.liveOf(caller, keys) : undefined;
    return keys.map((key) => ApiKeyResponse.from(key, live && (live.get(key.id) ?? [])));
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
