import { IsInt, Max, Min } from 'class-validator';
import { MayBeAbsent } from '../../../common/http/validation.js';
import { OVERLAP_SECONDS_CEILING } from '../../hub/index.js';

const OVERLAP_RULE = {
  message: `overlap_seconds must be a whole number from 0 to what the hub allows, at most ${OVERLAP_SECONDS_CEILING}`,
};

export class RotateApiKeyDto {
  /** How long the old secret goes on, in seconds; 0 = refused at once. Left out: a day, or less where the hub allows less. @example 3600 */
  @MayBeAbsent()
  @IsInt(OVERLAP_RULE)
  @Min(0, OVERLAP_RULE)
  @Max(OVERLAP_SECONDS_CEILING, OVERLAP_RULE)
  overlap_seconds?: number;
}
