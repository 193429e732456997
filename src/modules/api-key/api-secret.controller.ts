import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { ApiSecretResponse, RotationMetaResponse } from './dto/api-secret.response.js';
import { RotateApiKeyDto } from './dto/rotate.dto.js';
import { SecretService } from './secret.service.js';

@ApiTags('API keys')
@Controller('v1/hubs/current/api-keys/:apikeyId')
export class ApiSecretController {
  constructor(private readonly secrets: SecretService) {}

  /** Give a key a new secret. It is in this answer and never again; the old one goes on for the overlap. */
  @Post('rotate')
  @Requires('api-keys-manage')
  @Answers(ApiSecretResponse, { status: 201, meta: RotationMetaResponse })
  async rotate(
    @CurrentPrincipal() caller: Principal,
    @Param('apikeyId') id: string,
    @Body() body: RotateApiKeyDto,
  ): Promise<Envelope<ApiSecretResponse> & { meta: RotationMetaResponse }> {
    const rotated = await this.secrets.rotate(caller, id, body.overlap_seconds);
    const replaced = rotated.replaced && ApiSecretResponse.from(rotated.replaced);
    return { data: ApiSecretResponse.made(rotated), meta: { replaced } };
  }

  /** The secrets of a key, masked, each with its own end and last use. */
  @Get('secrets')
  @Requires('api-keys-manage')
  @Answers(ApiSecretResponse, { list: true })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Param('apikeyId') id: string,
  ): Promise<Envelope<ApiSecretResponse[]>> {
    const secrets = await this.secrets.list(caller, id);
    return { data: secrets.map((secret) => ApiSecretResponse.from(secret)) };
  }

  /** End one secret of a key now. Its tokens end with it; the key lives on with the other one. */
  @Delete('secrets/:secretId')
  @Requires('api-keys-manage')
  @Answers(ApiSecretResponse)
  async end(
    @CurrentPrincipal() caller: Principal,
    @Param('apikeyId') id: string,
    @Param('secretId') secretId: string,
  ): Promise<Envelope<ApiSecretResponse>> {
    return { data: ApiSecretResponse.from(await this.secrets.end(caller, id, secretId)) };
  }
}
