import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { PrincipalDirectoryModule } from '../api-key/index.js';
import { HubModule } from '../hub/index.js';
import { JobModule } from '../job/index.js';
import { ListModule } from '../list/index.js';
import { ImportActors } from './import-actors.js';
import { ImportEnd } from './import-end.js';
import { ListImportController } from './list-import.controller.js';
import { ListImportRepository } from './list-import.repository.js';
import { ListImportService } from './list-import.service.js';
import { ListImportWork } from './list-import-work.js';
import { Uploads } from './uploads.js';

@Module({
  imports: [ActivityModule, HubModule, JobModule, ListModule, PrincipalDirectoryModule],
  controllers: [ListImportController],
  providers: [ImportActors, ImportEnd, ListImportRepository, ListImportService, ListImportWork, Uploads],
})
export class ListImportModule {}
