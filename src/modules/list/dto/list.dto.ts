import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsIn, IsObject, ValidateNested } from 'class-validator';
import { checkedBy, IsName, IsPlainText, MayBeAbsent, MayBeNull } from '../../../common/http/validation.js';
import { COLUMN_TYPES, type ColumnType, SLOTS_PER_KIND } from '../list-columns.js';

const COLUMN_NAME_LENGTH_MAX = 100;

/** Dots and blanks would make names of columns ambiguous in a query; control characters and half characters are junk. */
const IsColumnName = () =>
  checkedBy('isColumnName', (value) => {
    if (typeof value !== 'string' || value === '' || Array.from(value).length > COLUMN_NAME_LENGTH_MAX) {
      return `must be text of 1 to ${COLUMN_NAME_LENGTH_MAX} characters`;
    }
    return /[\s.\p{C}]/u.test(value) ? 'must not contain dots, blanks or control characters' : null;
  });

export class ListColumnDto {
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
