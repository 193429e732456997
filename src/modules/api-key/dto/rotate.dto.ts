import { IsInt, Min } from 'class-validator';
import { MayBeAbsent } from '../../../common/http/validation.js';

const OVERLAP_RULE = { message: 'overlap_seconds must be a whole number, 0 or more' };

export class RotateApiKeyDto {
  /** How long the old secret goes on, in seconds; 0 = refused at once. At most what the hub allows. Left out: a day, or less where the hub allows less. @example 3600 */
  @MayBeAbsent()
  @IsInt(OVERLAP_RULE)
  @Min(0, OVERLAP_RULE)
  overlap_seconds?: number;
}
