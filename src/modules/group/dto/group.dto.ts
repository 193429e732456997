import { PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  Matches,
  Min,
  ValidateNested,
} from 'class-validator';
import { DATA_RIGHTS, type DataRight, LIST_RIGHTS, type ListRight } from '../../../access/index.js';
import { IsName, IsPlainText, MayBeAbsent, MayBeNull } from '../../../common/http/validation.js';

/** As many as a list can have, and those that it had. */
const READ_ONLY_COLUMNS_MAX = 1000;

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

  /**
   * Ids of columns of the list whose values nobody may add or change by this entry; not beside `*`. Another entry of
   * the group that opens them wins. Left out = none. @example [2]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(READ_ONLY_COLUMNS_MAX)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(1, { each: true })
  read_only_columns?: number[];
}

class DataPermissionDto {
  /** Reading, or also acting on it and changing it. @example ["read", "write"] */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(DATA_RIGHTS, { each: true })
  rights: DataRight[];
}

export class BoxPermissionDto extends DataPermissionDto {
  /** The id of a box, or `*` for every box, also those that do not exist yet. @example * */
  @Matches(/^(\*|[0-9a-f]{24})$/, { message: 'box_id must be the id of a box, or *' })
  box_id: string;
}

export class VariablePermissionDto extends DataPermissionDto {
  /** The id of a variable, or `*` for every variable, also those that do not exist yet. @example * */
  @Matches(/^(\*|[0-9a-f]{24})$/, { message: 'variable_id must be the id of a variable, or *' })
  variable_id: string;
}

/** At most a thousand entries of one kind. */
const Entries = (type: () => Function): PropertyDecorator => {
  // The last one that is applied is the first that a client hears of.
  const rules = [
    Type(type),
    ValidateNested({ each: true }),
    IsObject({ each: true }),
    ArrayMaxSize(1000),
    IsArray(),
  ] as PropertyDecorator[];
  return (target, property) => rules.forEach((decorate) => decorate(target, property));
};

export class GroupPermissionsDto {
  @Entries(() => ListPermissionDto)
  lists: ListPermissionDto[];

  /** Left out = none. */
  @MayBeAbsent()
  @Entries(() => BoxPermissionDto)
  boxes?: BoxPermissionDto[];

  /** Left out = none. */
  @MayBeAbsent()
  @Entries(() => VariablePermissionDto)
  variables?: VariablePermissionDto[];

  /** On the alerts of the group itself; left out = none. @example ["read", "write"] */
  @MayBeAbsent()
  @IsArray()
  @ArrayUnique()
  @IsIn(DATA_RIGHTS, { each: true })
  alerts?: DataRight[];
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
