import { type DynamicModule, Global, Module, type ModuleMetadata } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { QueryGuard } from '../common/http/queries.js';
import { AbilityFactory } from './ability.factory.js';
import { AccessGuard } from './access.guard.js';
import { Authenticator } from './authenticator.js';
import { ChangeFeed } from './change-feed.js';
import { ChangePurge } from './change-purge.js';
import { Mutations } from './mutations.js';
import { OwnDomains } from './own-domains.js';
import { PrincipalCache } from './principal-cache.js';
import { RouteAccessCheck } from './route-access.check.js';
import { UnknownKeyThrottle } from './unknown-key-throttle.js';
import { UsageLog } from './usage-log.js';
import { WaitedAnswerInterceptor } from './waited-answer.interceptor.js';

const PROVIDERS = [
  AbilityFactory,
  Authenticator,
  ChangeFeed,
  ChangePurge,
  Mutations,
  OwnDomains,
  PrincipalCache,
  RouteAccessCheck,
  UnknownKeyThrottle,
  UsageLog,
];

@Global()
@Module({})
export class AccessModule {
  /** @param sources the modules that provide a PrincipalDirectory, a SessionDirectory, a BoxDirectory, a DomainDirectory and a TokenVerifier */
  static forRoot(sources: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: AccessModule,
      imports: [DiscoveryModule, ...sources],
      providers: [
        ...PROVIDERS,
        // In this order: who is asking, then what the query says.
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: QueryGuard },
        { provide: APP_INTERCEPTOR, useClass: WaitedAnswerInterceptor },
      ],
      exports: PROVIDERS,
    };
  }
}
