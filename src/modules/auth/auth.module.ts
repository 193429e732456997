import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { TokenVerifier } from '../../access/index.js';
import { InstallationModule } from '../installation/index.js';
import { AccessTokens } from './access-token.js';
import { ApiKeyHeaderStrategy } from './api-key-header.strategy.js';
import { AuthPublicController } from './auth.public-controller.js';
import { JwksController } from './jwks.controller.js';
import { SigningKeys } from './signing-keys.js';

/** Tokens alone: what the access core verifies them with. */
@Module({
  imports: [JwtModule.register({}), InstallationModule],
  providers: [AccessTokens, SigningKeys, { provide: TokenVerifier, useExisting: AccessTokens }],
  exports: [AccessTokens, SigningKeys, TokenVerifier],
})
export class TokenModule {}

@Module({
  imports: [PassportModule, TokenModule],
  controllers: [AuthPublicController, JwksController],
  providers: [ApiKeyHeaderStrategy],
})
export class AuthModule {}
