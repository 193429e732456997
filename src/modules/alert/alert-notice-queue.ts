import { Injectable, Optional } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type AlertPriority } from './alert-type.js';
import { type Alert } from './alert.entity.js';

/** What subscribers are told of an alert. */
export interface AlertNotice {
  readonly hubId: string;
  readonly groupId: string;
  readonly notificationId: string;
  readonly description: string;
  readonly priority: AlertPriority;
  readonly boxName: string;
  readonly boxRequestUrl: string;
  readonly boxDeviceId: string;
  readonly solved: boolean;
  readonly createTime: string;
}

/** Tells subscribers; in the transaction of the alert, so that nobody hears of one that never was. */
export abstract class AlertWebhooks {
  abstract queue(tx: EntityManager, notice: AlertNotice): Promise<void>;
}

/** Puts what happened to an alert into the words of a notice. */
@Injectable()
export class AlertNoticeQueue {
  constructor(@Optional() private readonly webhooks?: AlertWebhooks) {}

  /** That it was sent, or, once it is solved, that it was solved. */
  async queue(tx: EntityManager, alert: Alert): Promise<void> {
    await this.webhooks?.queue(tx, noticeOf(alert));
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
