import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { HubController } from './hub.controller.js';
import { HubRepository } from './hub.repository.js';
import { HubService } from './hub.service.js';

@Module({
  imports: [ActivityModule],
  controllers: [HubController],
  providers: [HubRepository, HubService],
  exports: [HubService],
})
export class HubModule {}
