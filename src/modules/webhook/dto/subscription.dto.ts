import { PartialType } from '@nestjs/swagger';
import { IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import { checkedBy, IsPlainText, MayBeAbsent, MayBeNull } from '../../../common/http/validation.js';
import { OVERLAP_SECONDS_MAX } from '../webhook-secret.js';

const URL_LENGTH_MAX = 2000;
const OVERLAP_RULE = { message: `overlap_seconds must be a whole number from 0 to ${OVERLAP_SECONDS_MAX}` };

/** An address that calls could go to; whether its network may be called is known only when it is called. */
function IsCallbackUrl(): PropertyDecorator {
  return checkedBy('isCallbackUrl', (value) => {
    const url = typeof value === 'string' && value.length <= URL_LENGTH_MAX && URL.canParse(value) && new URL(value);
    const web = url && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
    return web && url.hash === '' && !/\s/.test(String(value))
      ? null
      : `must be an http or https address of at most ${URL_LENGTH_MAX} characters, without credentials and fragment`;
  });
}

export class CreateAlertSubscriptionDto {
  /** Where to; https, unless it is in a network of your own. @example https://hooks.example.com/alerts */
  @IsCallbackUrl()
  url: string;

  /** The id of the user group whose alerts are sent; left out or null = those of every group. @example null */
  @MayBeNull()
  @Matches(/^[0-9a-f]{24}$/, { message: 'group_id must be the id of a user group, or null' })
  group_id?: string | null;

  /** For people. @example "Night shift" */
  @MayBeNull()
  @IsPlainText(1000)
  description?: string | null;
}

/** Only what is named changes. Another address gets the same secret: rotate it if the old receiver must not know it. */
export class UpdateAlertSubscriptionDto extends PartialType(CreateAlertSubscriptionDto, { skipNullProperties: false }) {
  /** `off` sends nothing and forgets what waits; `active` begins anew. @example off */
  @MayBeAbsent()
  @IsIn(['active', 'off'])
  state?: 'active' | 'off';
}

export class RotateAlertSubscriptionDto {
  /** How long calls are signed with both secrets, in seconds; 0 = with the new one only. Left out: a day. @example 3600 */
  @MayBeAbsent()
  @IsInt(OVERLAP_RULE)
  @Min(0, OVERLAP_RULE)
  @Max(OVERLAP_SECONDS_MAX, OVERLAP_RULE)
  overlap_seconds?: number;
}
