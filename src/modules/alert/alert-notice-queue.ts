import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type AlertNotice, AlertWebhooks } from '../webhook/index.js';
import { type Alert } from './alert.entity.js';

/** Puts what happened to an alert into the words of a notice. */
@Injectable()
export class AlertNoticeQueue {
  constructor(private readonly webhooks: AlertWebhooks) {}

  /** That it was sent, or, once it is solved, that it was solved. */
  async queue(tx: EntityManager, alert: Alert): Promise<void> {
    await this.webhooks.queue(tx, noticeOf(alert));
  }
}

/** What is not known is empty: the payload knows no null. */
function noticeOf(alert: Alert): AlertNotice {
  const { hubId, groupId, id, message, priority, boxId, boxName, solved, createdAt } = alert;
  return {
    hubId,
    groupId,
    notificationId: id,
    description: message,
    priority,
    boxName: boxName ?? '',
    boxRequestUrl: '',
    boxDeviceId: boxId ?? '',
    solved,
    createTime: new Date(createdAt).toISOString(),
  };
}
