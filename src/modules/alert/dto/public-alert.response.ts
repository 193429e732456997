import { ApiProperty } from '@nestjs/swagger';
import { ALERT_TYPES, type AlertPriority, type AlertType, PRIORITIES, typeOf } from '../alert-type.js';
import { type Alert } from '../alert.entity.js';
import { type Counted } from '../alert.service.js';

/** An alert, in the names that a webhook's payload has for it. */
export class PublicAlertResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  NotificationID: string;

  @ApiProperty({ enum: ALERT_TYPES, example: 'Warning' })
  Type: AlertType;

  /** 0 for `Info`, 1 for `Warning`, 2 for `Problem`. @example 1 */
  @ApiProperty({ enum: PRIORITIES, type: 'integer' })
  Priority: AlertPriority;

  /** The message. @example "Paper is running low in printer 3." */
  Description: string;

  /** Empty when the sender named none. @example "Packing line 2" */
  BoxName: string;

  /** Empty when the sender named none. @example PB0000PT */
  BoxDeviceID: string;

  Solved: boolean;

  /** @example 2026-03-01T08:00:00.000Z */
  CreateTime: string;

  /** Null while nobody has solved it. @example 2026-03-01T08:05:00.000Z */
  SolveTime: string | null;

  static from({ id, priority, message, boxId, boxName, solved, createdAt, solvedAt }: Alert): PublicAlertResponse {
    return {
      NotificationID: id,
      Type: typeOf(priority),
      Priority: priority,
      Description: message,
      BoxName: boxName ?? '',
      BoxDeviceID: boxId ?? '',
      Solved: solved,
      CreateTime: new Date(createdAt).toISOString(),
      SolveTime: solvedAt === null ? null : new Date(solvedAt).toISOString(),
    };
  }
}

export class AlertsDoneResponse {
  /** @example Success */
  state: 'Success';
  /** How many alerts it changed; 0 for one that was solved before. @example 1 */
  count: number;
  /** Whether there are more of them than one request does: send it again. @example false */
  more: boolean;

  static from({ count, more }: Counted): AlertsDoneResponse {
    return { state: 'Success', count, more };
  }
}
