import { Module } from '@nestjs/common';
import { AccountModule } from '../account/index.js';
import { ActivityModule } from '../activity/index.js';
import { AlertModule } from '../alert/index.js';
import { ApiKeyModule } from '../api-key/index.js';
import { BoxModule } from '../box/index.js';
import { DomainModule } from '../domain/index.js';
import { GroupModule } from '../group/index.js';
import { HubModule } from '../hub/index.js';
import { InstallationModule } from '../installation/index.js';
import { JobModule } from '../job/index.js';
import { ListModule } from '../list/index.js';
import { MemberModule } from '../member/index.js';
import { OutboundModule } from '../outbound/index.js';
import { RoleModule } from '../role/index.js';
import { VariableModule } from '../variable/index.js';
import { WebhookModule } from '../webhook/index.js';
import { DemoService } from './demo.service.js';
import { HubCreation } from './hub-creation.service.js';
import { HubDeletion } from './hub-deletion.service.js';
import { HubLifeController } from './hub-life.controller.js';
import { HubMaker } from './hub-maker.js';
import { ProvisioningService } from './provisioning.service.js';

/** Makes hubs whole, for the command line, the first start of an empty server and the management door, and ends them. */
@Module({
  imports: [
    AccountModule,
    ActivityModule,
    AlertModule,
    ApiKeyModule,
    BoxModule,
    DomainModule,
    GroupModule,
    HubModule,
    InstallationModule,
    JobModule,
    ListModule,
    MemberModule,
    OutboundModule,
    RoleModule,
    VariableModule,
    WebhookModule,
  ],
  controllers: [HubLifeController],
  providers: [DemoService, HubCreation, HubDeletion, HubMaker, ProvisioningService],
  exports: [DemoService, HubDeletion, ProvisioningService],
})
export class ProvisioningModule {}
