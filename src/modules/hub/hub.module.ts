import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { HubController } from './hub.controller.js';
import { HubRepository } from './hub.repository.js';
import { HubService } from './hub.service.js';
import { HubUsageController } from './hub-usage.controller.js';
import { HubUsageRepository } from './hub-usage.repository.js';
import { HubUsageService } from './hub-usage.service.js';

@Module({
  imports: [ActivityModule],
  controllers: [HubController, HubUsageController],
  providers: [HubRepository, HubService, HubUsageRepository, HubUsageService],
  exports: [HubService],
})
export class HubModule {}
