import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, AnswersNothing } from '../../common/http/answers.js';
import { AccountKeyService, type ShownKeys } from './account-key.service.js';
import { CreateAccountApiKeyDto } from './dto/account-api-key.dto.js';
import { AccountApiKeyResponse } from './dto/account-api-key.response.js';

@ApiTags('API keys')
@Controller('api/v1/api_keys')
export class AccountApiKeyController {
  constructor(private readonly keys: AccountKeyService) {}

  /**
   * The API keys of the hub, the oldest first. Values are masked, unless the hub keeps its secrets readable
   * (`security.readable_secrets`) and your role has `api-keys-reveal`; then those of the keys that you could rotate are
   * whole, and the activity says that you saw them.
   */
  @Get()
  @Requires('api-keys-manage')
  @Answers(AccountApiKeyResponse, { list: true, shape: 'bare' })
  async list(@CurrentPrincipal() caller: Principal): Promise<AccountApiKeyResponse[]> {
    return answersFrom(await this.keys.list(caller));
  }

  /** Make a key with the role, user group, scopes, addresses and end of your own. Its value is in this answer. */
  @Post()
  @Requires('api-keys-manage')
  @Answers(AccountApiKeyResponse, { status: 201, shape: 'bare' })
  async create(
    @CurrentPrincipal() caller: Principal,
    @Body() body: CreateAccountApiKeyDto,
  ): Promise<AccountApiKeyResponse> {
    const { key, secret } = await this.keys.create(caller, body);
    return AccountApiKeyResponse.from(key, secret);
  }

  /** One key by its name, whatever the case. For its value the same holds as in the list. */
  @Get(':name')
  @Requires('api-keys-manage')
  @Answers(AccountApiKeyResponse, { shape: 'bare' })
  async get(@CurrentPrincipal() caller: Principal, @Param('name') name: string): Promise<AccountApiKeyResponse> {
    const [key] = answersFrom(await this.keys.get(caller, name));
    return key;
  }

  /** Revoke a key. It and its tokens are refused from the next request on, on every node within a second. */
  @Delete(':name')
  @Requires('api-keys-manage')
  @AnswersNothing()
  async delete(@CurrentPrincipal() caller: Principal, @Param('name') name: string): Promise<void> {
    await this.keys.delete(caller, name);
  }
}

function answersFrom({ keys, values }: ShownKeys): AccountApiKeyResponse[] {
  return keys.map((key) => AccountApiKeyResponse.from(key, values.get(key.id)));
}
