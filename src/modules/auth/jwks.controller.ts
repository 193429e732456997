import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../access/index.js';
import { SigningKeys } from './signing-keys.js';

/** The public halves of the signing keys (RFC 7517). Open to all: they are public keys. */
@ApiExcludeController()
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  @Get('jwks.json')
  @Public()
  jwks(): { keys: Record<string, string>[] } {
    return this.keys.jwks();
  }
}
