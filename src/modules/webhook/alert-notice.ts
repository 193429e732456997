/** An alert as its subscribers are told of it. */
export interface AlertNotice {
  readonly hubId: string;
  readonly groupId: string;
  readonly notificationId: string;
  readonly description: string;
  readonly priority: 0 | 1 | 2;
  readonly boxName: string;
  readonly boxRequestUrl: string;
  readonly boxDeviceId: string;
  readonly solved: boolean;
  readonly createTime: string;
}

/** The JSON of the public contract's webhook, its names and their order. */
export function payloadOf(notice: Omit<AlertNotice, 'hubId' | 'groupId'>): string {
  return JSON.stringify({
    NotificationID: notice.notificationId,
    Description: notice.description,
    Priority: notice.priority,
    BoxName: notice.boxName,
    BoxRequestUrl: notice.boxRequestUrl,
    BoxDeviceID: notice.boxDeviceId,
    Solved: notice.solved,
    CreateTime: notice.createTime,
  });
}

/** What `POST …/test` sends: it reads like an alert and says what it is. */
export function testPayload(id: string, now: number): string {
  return payloadOf({
    notificationId: id,
    description: 'This is a test of the subscription. Nothing has happened.',
    priority: 0,
    boxName: '',
    boxRequestUrl: '',
    boxDeviceId: '',
    solved: false,
    createTime: new Date(now).toISOString(),
  });
}
