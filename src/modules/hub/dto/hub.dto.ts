import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsObject, Max, Min, ValidateNested } from 'class-validator';
import { MayBeAbsent } from '../../../common/http/validation.js';
import { OVERLAP_SECONDS_CEILING } from '../hub-security.js';

const OVERLAP_RULE = { message: `max_overlap_seconds must be a whole number from 0 to ${OVERLAP_SECONDS_CEILING}` };

export class UpdateRotationPolicyDto {
  /** How long an old secret of a key may go on beside the new one, in seconds, at most. @example 86400 */
  @MayBeAbsent()
  @IsInt(OVERLAP_RULE)
  @Min(0, OVERLAP_RULE)
  @Max(OVERLAP_SECONDS_CEILING, OVERLAP_RULE)
  max_overlap_seconds?: number;

  /** Whether the use of a secret that has ended switches its key off. @example true */
  @MayBeAbsent()
  @IsBoolean()
  disable_on_reuse?: boolean;
}

export class UpdateHubSecurityDto {
  /** How the hub's keys change their secrets. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => UpdateRotationPolicyDto)
  rotation?: UpdateRotationPolicyDto;
}

/** Only what is named changes. */
export class UpdateHubDto {
  /** What the hub demands of those who enter it. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => UpdateHubSecurityDto)
  security?: UpdateHubSecurityDto;
}
