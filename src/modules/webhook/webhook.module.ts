import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { GroupModule } from '../group/index.js';
import { OutboundModule } from '../outbound/index.js';
import { AlertWebhooks } from './alert-webhooks.js';
import { HubSubscriptions } from './hub-subscriptions.js';
import { SubscriptionHealth } from './subscription-health.js';
import { SubscriptionSecrets } from './subscription-secrets.js';
import { AlertSubscriptionController } from './subscription.controller.js';
import { SubscriptionRepository } from './subscription.repository.js';
import { SubscriptionService } from './subscription.service.js';
import { WebhookCaller } from './webhook-caller.js';
import { WebhookOutbox } from './webhook-outbox.js';
import { WebhookWorker } from './webhook-worker.js';

@Module({
  imports: [ActivityModule, GroupModule, OutboundModule],
  controllers: [AlertSubscriptionController],
  providers: [
    AlertWebhooks,
    HubSubscriptions,
    SubscriptionHealth,
    SubscriptionRepository,
    SubscriptionSecrets,
    SubscriptionService,
    WebhookCaller,
    WebhookOutbox,
    WebhookWorker,
  ],
  exports: [AlertWebhooks, HubSubscriptions, WebhookWorker],
})
export class WebhookModule {}
