import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { AlertAdminService } from './alert-admin.service.js';
import { AlertCountRepository } from './alert-count.repository.js';
import { AlertNoticeQueue } from './alert-notice-queue.js';
import { AlertPurge } from './alert-purge.js';
import { AlertRate } from './alert-rate.js';
import { AlertStore } from './alert-store.js';
import { AlertController } from './alert.controller.js';
import { AlertPublicController } from './alert.public-controller.js';
import { AlertRepository } from './alert.repository.js';
import { AlertService } from './alert.service.js';
import { HubAlerts } from './hub-alerts.js';

@Module({
  imports: [ActivityModule],
  controllers: [AlertController, AlertPublicController],
  providers: [
    AlertAdminService,
    AlertCountRepository,
    AlertNoticeQueue,
    AlertPurge,
    AlertRate,
    AlertRepository,
    AlertService,
    AlertStore,
    HubAlerts,
  ],
  exports: [HubAlerts],
})
export class AlertModule {}
