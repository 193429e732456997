import { ApiProperty } from '@nestjs/swagger';
import { checkedBy, IsPlainText, MayBeAbsent, MayBeNull } from '../../../common/http/validation.js';
import { type FlatQuery, type FlatQuerySpec } from '../../../common/query/index.js';
import { ALERT_WORDS, PRIORITIES, priorityOf } from '../alert-type.js';
import { WhichAlertsError } from '../alert.errors.js';
import { type AlertInput, type AlertQuery } from '../alert.service.js';

const MESSAGE_LENGTH_MAX = 2000;
const SKIP_MAX = 20_000;
const PAGE_MAX = 500;
/** Nothing to see: blanks, and characters that have no width. */
const BLANK = /^[\s\p{Default_Ignorable_Code_Point}]*$/u;
/** Lines and tabs are part of a message; what could forge a display, or cannot be stored, is not. */
const FORGING = /[^\P{Cc}\n\r\t]|\p{Cs}|\p{Bidi_Control}/u;

/** What `GET …/alerts` takes. */
export const ALERTS_QUERY = {
  State: { kind: 'choice', values: ['New', 'Solved'], description: 'Only new ones, or only solved ones.' },
  Type: {
    kind: 'choice',
    values: ALERT_WORDS,
    description: 'Only those of this type; `Error` is another word for `Problem`.',
  },
  Since: { kind: 'time', description: 'Only those sent at this moment or later.' },
  SkipRows: {
    kind: 'integer',
    minimum: 0,
    maximum: SKIP_MAX,
    default: 0,
    description: 'How many alerts to leave out at the start.',
  },
  MaxRows: {
    kind: 'integer',
    minimum: 1,
    maximum: PAGE_MAX,
    default: 100,
    description: 'How many alerts to answer at most.',
  },
} as const satisfies FlatQuerySpec;

export const ALERT_QUERY = {
  NotificationId: {
    kind: 'text',
    required: true,
    maxLength: 100,
    description: 'The `NotificationID` of the alert.',
    example: '0199e2f1a0c34b5d6e7f8091',
  },
} as const satisfies FlatQuerySpec;

export function alertQuery({ State, Type, Since, SkipRows, MaxRows }: FlatQuery<typeof ALERTS_QUERY>): AlertQuery {
  const priority = Type === undefined ? null : priorityOf(Type);
  return {
    solved: State === undefined ? null : State === 'Solved',
    priorities: priority === null ? PRIORITIES : [priority],
    since: Since ?? null,
    skip: SkipRows,
    take: MaxRows,
  };
}

const IsAlertType = () =>
  checkedBy('isAlertType', (value) =>
    typeof value === 'string' && priorityOf(value) !== null ? null : `must be one of ${ALERT_WORDS.join(', ')}`,
  );

const IsMessage = () =>
  checkedBy('isMessage', (value) => {
    if (typeof value !== 'string' || BLANK.test(value) || value.length > MESSAGE_LENGTH_MAX) {
      return `must be text of 1 to ${MESSAGE_LENGTH_MAX} characters, not all of them blank`;
    }
    return FORGING.test(value) ? 'must not contain control characters other than line ends and tabs' : null;
  });

const IsTrue = () => checkedBy('isTrue', (value) => (value === true ? null : 'must be true, or left out'));

export class SendAlertDto {
  /** In any case; `Error` is another word for `Problem`. @example Warning */
  @ApiProperty({ enum: ALERT_WORDS })
  @IsAlertType()
  type: string;

  /** What people are to read. @example "Paper is running low in printer 3." */
  @ApiProperty({ minLength: 1, maxLength: MESSAGE_LENGTH_MAX })
  @IsMessage()
  message: string;

  /** Which box it is about, as you say: nobody checks it. @example PB0000PT */
  @MayBeNull()
  @IsPlainText(100)
  boxId?: string | null;

  /** @example "Packing line 2" */
  @MayBeNull()
  @IsPlainText(200)
  boxName?: string | null;

  static inputOf({ type, message, boxId, boxName }: SendAlertDto): AlertInput {
    return { priority: priorityOf(type) ?? 0, message, boxId: boxId ?? null, boxName: boxName ?? null };
  }
}

export class AlertTargetDto {
  /** One alert, by the `NotificationID` of its answer. @example 0199e2f1a0c34b5d6e7f8091 */
  @MayBeAbsent()
  @IsPlainText(100)
  notificationId?: string;

  /** All of them, instead of one. @example true */
  @MayBeAbsent()
  @IsTrue()
  all?: boolean;

  /** The id of the one that is meant, or null for all. @throws WhichAlertsError unless it is one of the two */
  static idOf({ notificationId, all = false }: AlertTargetDto): string | null {
    if (all === (notificationId !== undefined)) {
      throw new WhichAlertsError(all);
    }
    return notificationId ?? null;
  }
}
