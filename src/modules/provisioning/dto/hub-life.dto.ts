import { Type } from 'class-transformer';
import { IsBoolean, IsObject, ValidateNested } from 'class-validator';
import { MayBeAbsent } from '../../../common/http/validation.js';

export class DeleteHubOptionsDto {
  /** Delete the hub also while it still has keys, members or lists. @example true */
  @MayBeAbsent()
  @IsBoolean()
  force?: boolean;
}

export class DeleteHubDto {
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => DeleteHubOptionsDto)
  options?: DeleteHubOptionsDto;
}
