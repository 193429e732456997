import { ApiProperty } from '@nestjs/swagger';
import { Transform, type TransformFnParams, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsObject, Max, Min, ValidateNested } from 'class-validator';
import { checkedBy, IsPlainText, MayBeNull } from '../../../common/http/validation.js';
import { isObject } from '../../../common/is-object.js';
import { type FlatQuery, type FlatQuerySpec } from '../../../common/query/index.js';
import { type BoxListQuery } from '../box-list.service.js';
import { type BoxValue, isOfType, isToldName, NAME_LENGTH_MAX, PARAMETERS_MAX, VALUE_TYPES } from '../box-told.js';

const BOX_ID_LENGTH_MAX = 64;
const ROWS_MAX = 10_000;
const COLUMNS_MAX = 200;
const VALUE = { oneOf: [{ type: 'number' }, { type: 'string' }, { type: 'boolean' }] };

export const BOX_QUERY = {
  boxId: { kind: 'text', required: true, maxLength: BOX_ID_LENGTH_MAX },
} as const satisfies FlatQuerySpec;

export type BoxQuery = FlatQuery<typeof BOX_QUERY>;

/** What `GET …/box/lists` takes: without a name it tells which lists there are. */
export const BOX_LISTS_QUERY = {
  ...BOX_QUERY,
  Name: { kind: 'text', maxLength: NAME_LENGTH_MAX },
  SkipRows: { kind: 'integer', minimum: 0, maximum: 2_147_483_647, default: 0 },
  MaxRows: { kind: 'integer', minimum: 1, maximum: ROWS_MAX, default: ROWS_MAX },
} as const satisfies FlatQuerySpec;

export type BoxListsQuery = FlatQuery<typeof BOX_LISTS_QUERY>;

export function boxListQuery(listName: string, { SkipRows, MaxRows }: BoxListsQuery): BoxListQuery {
  return { listName, skip: SkipRows, take: MaxRows };
}

function isValue(value: unknown): boolean {
  return VALUE_TYPES.some((type) => isOfType(value, type));
}

const IsValue = (): PropertyDecorator =>
  checkedBy('isValue', (value) =>
    isValue(value) ? null : 'must be a number, text of at most 10000 characters, or true or false',
  );

/** Taken as it was sent: the transformer would drop names such as `toString`. */
const IsBoxRow = (): PropertyDecorator => {
  const check = checkedBy('isBoxRow', (value) => {
    const entries = isObject(value) ? Object.entries(value) : [];
    const fits = entries.every(([name, cell]) => isToldName(name) && (cell === null || isValue(cell)));
    return entries.length > 0 && entries.length <= COLUMNS_MAX && fits
      ? null
      : `must be an object of 1 to ${COLUMNS_MAX} numbers, texts, truths and nulls by column name`;
  });
  const raw = Transform(({ obj, key }: TransformFnParams) => (obj as Record<string, unknown>)[key] as unknown);
  return (target, property) => [check, raw].forEach((decorate) => decorate(target, property));
};

class BoxTargetDto {
  /** Without regard to case. @example PB0000PT */
  @IsPlainText(BOX_ID_LENGTH_MAX)
  boxId: string;
}

export class FunctionParameterDto {
  /** Without regard to case. @example Line */
  @IsPlainText(NAME_LENGTH_MAX)
  name: string;

  /** Of the type that the function declares. */
  @IsValue()
  @ApiProperty({ ...VALUE, example: 3 })
  value: BoxValue;
}

export class RunFunctionDto extends BoxTargetDto {
  /** Without regard to case. @example StartLine */
  @IsPlainText(NAME_LENGTH_MAX)
  functionName: string;

  /** At most 50; what is left out is not sent to the box. */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(PARAMETERS_MAX)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => FunctionParameterDto)
  parameters?: FunctionParameterDto[] | null;
}

export class ChangeVariableDto extends BoxTargetDto {
  /** Without regard to case. @example Counter */
  @IsPlainText(NAME_LENGTH_MAX)
  name: string;

  /** Of the type that the variable has. */
  @IsValue()
  @ApiProperty({ ...VALUE, example: 12 })
  value: BoxValue;
}

class BoxListTargetDto extends BoxTargetDto {
  /** As the box names it. @example Orders */
  @IsPlainText(NAME_LENGTH_MAX)
  listName: string;
}

export class AddBoxRowDto extends BoxListTargetDto {
  /** By column. @example { "Product": "A-4711", "Quantity": 12 } */
  @IsBoxRow()
  data: Record<string, unknown>;
}

export class DeleteBoxRowDto extends BoxListTargetDto {
  /** The value of the column ID. @example 1 */
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  rowId: number;
}

export class ChangeBoxRowDto extends DeleteBoxRowDto {
  /** Columns that are left out stay as they are. @example { "Quantity": 11 } */
  @IsBoxRow()
  data: Record<string, unknown>;
}
