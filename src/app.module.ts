import { type DynamicModule, Module } from '@nestjs/common';
import { MIGRATIONS } from '../migrations/index.js';
import { AccessModule } from './access/index.js';
import { ENTITIES } from './app.data-source.js';
import { type Clock } from './common/clock.js';
import { type Config, ConfigModule } from './config/index.js';
import { DatabaseModule } from './database/index.js';
import { AccountModule, SessionDirectoryModule } from './modules/account/index.js';
import { ActivityDoorModule, ActivityModule } from './modules/activity/index.js';
import { AlertModule } from './modules/alert/index.js';
import { ApiKeyModule, PrincipalDirectoryModule } from './modules/api-key/index.js';
import { AuthModule, TokenModule } from './modules/auth/index.js';
import { BoxDirectoryModule, BoxModule } from './modules/box/index.js';
import { DomainDirectoryModule, DomainModule } from './modules/domain/index.js';
import { GroupModule } from './modules/group/index.js';
import { HealthModule } from './modules/health/index.js';
import { HubModule } from './modules/hub/index.js';
import { IdempotencyModule } from './modules/idempotency/index.js';
import { InstallationModule } from './modules/installation/index.js';
import { JobModule } from './modules/job/index.js';
import { ListImportModule } from './modules/list-import/index.js';
import { ListModule } from './modules/list/index.js';
import { MailModule } from './modules/mail/index.js';
import { MemberModule } from './modules/member/index.js';
import { OutboundModule } from './modules/outbound/index.js';
import { ProvisioningModule } from './modules/provisioning/index.js';
import { RoleModule } from './modules/role/index.js';
import { VariableModule } from './modules/variable/index.js';
import { WebhookModule } from './modules/webhook/index.js';

/** What the house is made of. */
@Module({})
export class AppModule {
  static forRoot(config: Config, clock?: Clock): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config, clock),
        DatabaseModule.forRoot({ entities: ENTITIES, migrations: MIGRATIONS }),
        AccessModule.forRoot([
          PrincipalDirectoryModule,
          SessionDirectoryModule,
          BoxDirectoryModule,
          DomainDirectoryModule,
          TokenModule,
        ]),
        InstallationModule,
        AccountModule,
        ActivityModule,
        ActivityDoorModule.forRoot([AccountModule]),
        HubModule,
        JobModule,
        RoleModule,
        ListModule,
        VariableModule,
        BoxModule,
        ListImportModule,
        DomainModule,
        GroupModule,
        AlertModule,
        ApiKeyModule,
        AuthModule,
        MailModule,
        MemberModule,
        OutboundModule,
        ProvisioningModule,
        WebhookModule,
        HealthModule,
        IdempotencyModule,
      ],
    };
  }
}
