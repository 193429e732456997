import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentPrincipal, type Principal } from '../../access/index.js';
import { Answers } from '../../common/http/answers.js';
import { WhoamiResponse } from '../hub/index.js';
import { AccessTokens } from './access-token.js';
import { ApiKeyHeaderGuard } from './api-key-header.strategy.js';
import { TokenResponse, TokenV1Response } from './dto/token.response.js';

@ApiTags('Auth')
@Controller('public-api')
export class AuthPublicController {
  constructor(private readonly tokens: AccessTokens) {}

  /** Exchange an API key for an access token. Send it as bearer with everything else, until `validUntil`. */
  @Get('v1/auth/token')
  @UseGuards(ApiKeyHeaderGuard)
  @Authenticated('api-key-header')
  @Answers(TokenV1Response, { shape: 'bare' })
  async tokenV1(@CurrentPrincipal() caller: Principal): Promise<TokenV1Response> {
    return TokenV1Response.from(await this.tokens.issue(caller));
  }

  /** Exchange an API key for an access token. Send it as bearer with everything else, until `validUntil`. */
  @Get('v2/auth/token')
  @UseGuards(ApiKeyHeaderGuard)
  @Authenticated('api-key-header')
  @Answers(TokenResponse, { shape: 'bare' })
  async tokenV2(@CurrentPrincipal() caller: Principal): Promise<TokenResponse> {
    return TokenResponse.from(await this.tokens.issue(caller));
  }

  /** Who you are here. Also what you may do, when it ends, and the address that the server sees. */
  @Get('v1/auth/whoami')
  @Authenticated()
  @Answers(WhoamiResponse, { shape: 'bare' })
  whoami(@CurrentPrincipal() caller: Principal): WhoamiResponse {
    return WhoamiResponse.from(caller);
  }
}
