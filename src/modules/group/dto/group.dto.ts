import { PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsObject,
  Matches,
  ValidateNested,
} from 'class-validator';
import { LIST_RIGHTS, type ListRight } from '../../../access/index.js';
import { IsName, IsPlainText, MayBeAbsent, MayBeNull } from '../../../common/http/validation.js';

export class ListPermissionDto {
  /** The id of a list, or `*` for every list, also those that do not exist yet. @example * */
  @Matches(/^(\*|[0-9a-f]{24})$/, { message: 'list_id must be the id of a list, or *' })
  list_id: string;

  /** What may be done with its rows. @example ["read", "add"] */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(LIST_RIGHTS, { each: true })
  rights: ListRight[];
}

export class GroupPermissionsDto {
  @IsArray()
  @ArrayMaxSize(1000)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ListPermissionDto)
  lists: ListPermissionDto[];
}

export class CreateGroupDto {
  /** Unique in the hub, without regard to case. @example Warehouse */
  @IsName()
  name: string;

  /** For people. @example "Forklifts and scanners" */
  @MayBeNull()
  @IsPlainText(1000)
  description?: string | null;

  /** What the keys of this group may touch; left out = nothing. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => GroupPermissionsDto)
  permissions?: GroupPermissionsDto;
}

/** Only what is named changes; `permissions` is replaced whole. */
export class UpdateGroupDto extends PartialType(CreateGroupDto, { skipNullProperties: false }) {}
