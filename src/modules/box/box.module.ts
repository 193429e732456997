import { Module } from '@nestjs/common';
import { BoxDirectory } from '../../access/index.js';
import { ActivityModule } from '../activity/index.js';
import { OutboundModule } from '../outbound/index.js';
import { BoxAccess } from './box-access.js';
import { BoxClient } from './box-client.js';
import { CredentialSealer } from './box-credentials.js';
import { BoxTokenDirectory } from './box-directory.js';
import { BoxListPublicController } from './box-list.public-controller.js';
import { BoxListService } from './box-list.service.js';
import { BoxWriteRepository } from './box-write.repository.js';
import { BoxController } from './box.controller.js';
import { BoxPublicController } from './box.public-controller.js';
import { BoxRepository } from './box.repository.js';
import { BoxService } from './box.service.js';
import { FunctionService } from './function.service.js';
import { HubBoxes } from './hub-boxes.js';
import { ReportBudget } from './report-budget.js';
import { ReportController } from './report.controller.js';
import { ReportRepository } from './report.repository.js';
import { ReportService } from './report.service.js';
import { ToldService } from './told.service.js';
import { BoxVariableService } from './variable.service.js';

/** What the access core looks boxes up with; apart from the rest, which itself stands on the access core. */
@Module({
  providers: [{ provide: BoxDirectory, useClass: BoxTokenDirectory }],
  exports: [BoxDirectory],
})
export class BoxDirectoryModule {}

@Module({
  imports: [ActivityModule, OutboundModule],
  controllers: [BoxController, ReportController, BoxPublicController, BoxListPublicController],
  providers: [
    BoxAccess,
    BoxClient,
    BoxListService,
    BoxRepository,
    BoxService,
    BoxVariableService,
    BoxWriteRepository,
    CredentialSealer,
    FunctionService,
    HubBoxes,
    ReportBudget,
    ReportRepository,
    ReportService,
    ToldService,
  ],
  exports: [BoxService, HubBoxes],
})
export class BoxModule {}
