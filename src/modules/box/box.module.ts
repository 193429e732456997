import { Module } from '@nestjs/common';
import { BoxDirectory } from '../../access/index.js';
import { ActivityModule } from '../activity/index.js';
import { BoxTokenDirectory } from './box-directory.js';
import { BoxController } from './box.controller.js';
import { CredentialSealer } from './box-credentials.js';
import { BoxRepository } from './box.repository.js';
import { BoxService } from './box.service.js';
import { HubBoxes } from './hub-boxes.js';
import { ReportBudget } from './report-budget.js';
import { ReportController } from './report.controller.js';
import { ReportRepository } from './report.repository.js';
import { ReportService } from './report.service.js';

/** What the access core looks boxes up with; apart from the rest, which itself stands on the access core. */
@Module({
  providers: [{ provide: BoxDirectory, useClass: BoxTokenDirectory }],
  exports: [BoxDirectory],
})
export class BoxDirectoryModule {}

@Module({
  imports: [ActivityModule],
  controllers: [BoxController, ReportController],
  providers: [BoxRepository, BoxService, CredentialSealer, HubBoxes, ReportBudget, ReportRepository, ReportService],
  exports: [BoxService, HubBoxes],
})
export class BoxModule {}
