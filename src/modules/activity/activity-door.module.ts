import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import { ActivityExportService } from './activity-export.service.js';
import { ActivityIncluder } from './activity-includes.js';
import { ActivityController } from './activity.controller.js';
import { ActivityModule } from './activity.module.js';
import { ActivityRepository } from './activity.repository.js';
import { ActivityService } from './activity.service.js';
import { ExportRepository } from './export.repository.js';
import { SealingModule } from './sealing.module.js';

/** Activities at the management door; apart from their writing, on which nearly every module stands. */
@Module({})
export class ActivityDoorModule {
  /** @param sources the modules that provide PublicAccounts; without one, nobody among the users is a person */
  static forRoot(sources: NonNullable<ModuleMetadata['imports']> = []): DynamicModule {
    return {
      module: ActivityDoorModule,
      imports: [ActivityModule, SealingModule, ...sources],
      controllers: [ActivityController],
      providers: [ActivityExportService, ActivityIncluder, ActivityRepository, ActivityService, ExportRepository],
    };
  }
}
