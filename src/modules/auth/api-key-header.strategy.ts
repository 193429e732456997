import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { type FastifyRequest } from 'fastify';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';
import { Authenticator, MissingCredentialError, setPrincipal } from '../../access/index.js';

const NAME = 'api-key-header';
const PRESENTED = 'presentedKey';

/** Finds what the header `apiKey` holds. Whether it is worth anything, the access core decides. */
@Injectable()
export class ApiKeyHeaderStrategy extends PassportStrategy(HeaderAPIKeyStrategy, NAME) {
  constructor() {
    super({ header: 'apiKey', prefix: '' }, false);
  }

  validate(apiKey: string): string {
    return apiKey;
  }
}

/** The gate of the exchange: the key in its header, decided with the address it comes from. */
@Injectable()
export class ApiKeyHeaderGuard extends AuthGuard(NAME) {
  constructor(private readonly authenticator: Authenticator) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    await super.canActivate(context);
    const request = context.switchToHttp().getRequest<FastifyRequest & { [PRESENTED]: string }>();
    setPrincipal(request, await this.authenticator.authenticateKey(request[PRESENTED], request));
    return true;
  }

  /** Not `user`: what was presented is no user yet. */
  override getAuthenticateOptions(): { property: string } {
    return { property: PRESENTED };
  }

  override handleRequest<T>(error: unknown, presented: T | false | null): T {
    if (error || !presented) {
      throw new MissingCredentialError('Send your API key in the header "apiKey".');
    }
    return presented;
  }
}
