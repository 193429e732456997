import { Module } from '@nestjs/common';
import { AccountModule } from '../account/index.js';
import { ActivityModule } from '../activity/index.js';
import { ApiKeyModule } from '../api-key/index.js';
import { GroupModule } from '../group/index.js';
import { HubModule } from '../hub/index.js';
import { InstallationModule } from '../installation/index.js';
import { ListModule } from '../list/index.js';
import { MemberModule } from '../member/index.js';
import { RoleModule } from '../role/index.js';
import { DemoService } from './demo.service.js';
import { ProvisioningService } from './provisioning.service.js';

/** Makes hubs whole. It has no door: only the command line and the first start of an empty server use it. */
@Module({
  imports: [
    AccountModule,
    ActivityModule,
    ApiKeyModule,
    GroupModule,
    HubModule,
    InstallationModule,
    ListModule,
    MemberModule,
    RoleModule,
  ],
  providers: [DemoService, ProvisioningService],
  exports: [DemoService, ProvisioningService],
})
export class ProvisioningModule {}
