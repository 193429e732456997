import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsNumber,
  IsObject,
  IsString,
  ValidateNested,
} from 'class-validator';
import { checkedBy, IsName, IsPlainText, MayBeAbsent, MayBeNull } from '../../../common/http/validation.js';
import { ALLOWED_VALUES_MAX } from '../column-rules.js';
import { COLUMN_TYPES, type ColumnType, SLOTS_PER_KIND } from '../list-columns.js';

const COLUMN_NAME_LENGTH_MAX = 100;

/** Dots and blanks would make names of columns ambiguous in a query; control characters and half characters are junk. */
export function columnNameProblem(value: unknown): string | null {
  if (typeof value !== 'string' || value === '' || Array.from(value).length > COLUMN_NAME_LENGTH_MAX) {
    return `must be text of 1 to ${COLUMN_NAME_LENGTH_MAX} characters`;
  }
  return /[\s.\p{C}]/u.test(value) ? 'must not contain dots, blanks or control characters' : null;
}

const IsColumnName = () => checkedBy('isColumnName', columnNameProblem);

const IsScalar = () =>
  checkedBy('isScalar', (value) =>
    ['string', 'number', 'boolean'].includes(typeof value) ? null : 'must be a text, a number, true or false',
  );

/** What every value of the column must be. A rule that is left out, or null, does not exist. */
export class ColumnRulesDto {
  /** Neither null nor the empty text. @example true */
  @MayBeNull()
  @IsBoolean()
  required?: boolean | null;

  /** Of a String or Number column: at most 1000 values, texts of at most 200 characters. @example [1, 2, 5] */
  @MayBeNull()
  @ApiProperty({ type: 'array', items: { oneOf: [{ type: 'number' }, { type: 'string' }] }, nullable: true })
  @IsArray()
  @ArrayMaxSize(ALLOWED_VALUES_MAX)
  allowed_values?: (string | number)[] | null;

  /**
   * Of a String column: a regular expression in RE2 syntax that the whole text matches. Values of such a column have at
   * most 1000 characters. @example "[A-Z]-[0-9]{4}"
   */
  @MayBeNull()
  @IsString()
  pattern?: string | null;

  /** Of a Number column. @example 0 */
  @MayBeNull()
  @IsNumber()
  minimum?: number | null;

  /** Of a Number column; not below `minimum`. @example 1000 */
  @MayBeNull()
  @IsNumber()
  maximum?: number | null;

  /** What a new row gets that leaves the column out. It keeps the column's own rules. */
  @MayBeNull()
  @ApiProperty({ oneOf: [{ type: 'number' }, { type: 'string' }, { type: 'boolean' }], nullable: true, example: 0 })
  @IsScalar()
  default?: string | number | boolean | null;
}

export class ListColumnDto extends ColumnRulesDto {
  /** Unique in the list, without regard to case; without dots and blanks. @example Quantity */
  @IsColumnName()
  name: string;

  /** @example Number */
  @IsIn(COLUMN_TYPES)
  type: ColumnType;

  /**
   * The list can be sorted and filtered by the column however long it is; without it only up to 50 000 rows. At most 16
   * columns of a list, for each makes every write a little dearer. @example true
   */
  @MayBeAbsent()
  @IsBoolean()
  indexed?: boolean;
}

export class CreateListDto {
  /** Unique in the hub, without regard to case. @example StockInfo */
  @IsName()
  name: string;

  @MayBeNull()
  @IsPlainText(1000)
  description?: string | null;

  /** At most 64 Number and Boolean columns together, and 64 String columns. The server adds ID in front. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(2 * SLOTS_PER_KIND)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ListColumnDto)
  columns: ListColumnDto[];
}

/** Only what is named changes. */
export class UpdateListDto {
  /** Unique in the hub, without regard to case. @example StockInfo */
  @MayBeAbsent()
  @IsName()
  name?: string;

  @MayBeNull()
  @IsPlainText(1000)
  description?: string | null;
}

export class AddColumnDto extends ListColumnDto {
  /** Give the rows that exist the default, too. The column shows up when all of them have it. @example false */
  @MayBeAbsent()
  @IsBoolean()
  fill?: boolean;

  /** Add a required column although the rows that exist have no value for it. @example false */
  @MayBeAbsent()
  @IsBoolean()
  force?: boolean;
}

const ON_FAILURE = ['refuse', 'empty'] as const;

/** Only what is named changes; null takes a rule away. A new type takes all rules but `required` away. */
export class UpdateColumnDto extends PartialType(ListColumnDto, { skipNullProperties: false }) {
  /** What becomes of values that the new type cannot hold: nothing changes, or their cells become empty. */
  @MayBeAbsent()
  @IsIn(ON_FAILURE)
  on_failure?: (typeof ON_FAILURE)[number];

  /** Change the rules although rows break them. Those stay as they are until somebody writes the cell. @example false */
  @MayBeAbsent()
  @IsBoolean()
  force?: boolean;

  /** Only look at the rows, and change nothing. @example false */
  @MayBeAbsent()
  @IsBoolean()
  dry_run?: boolean;
}
