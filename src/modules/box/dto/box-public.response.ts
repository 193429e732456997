import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { type BoxListName, type BoxTable } from '../box-table.js';
import {
  type BoxFunction,
  type BoxValue,
  type BoxVariable,
  RETURN_TYPES,
  type ReturnType,
  type ValueType,
} from '../box-told.js';
import { type ShownBox } from './box.response.js';

const TYPES = ['Number', 'String', 'Boolean'];
const VALUE = { oneOf: [{ type: 'number' }, { type: 'string' }, { type: 'boolean' }], nullable: true, example: 12 };

/** A box that the key may read. */
export class BoxSummaryResponse {
  /** @example "Packing line 3" */
  name: string;
  /** @example PB0000PT */
  boxID: string;
  /** As it reported; null before its first report. @example 4.1.2 */
  runtimeVersion: string | null;
  /** By its last report or call. @example online */
  @ApiProperty({ enum: ['online', 'offline', 'unknown'] })
  state: string;
  /** A label for people. @example Packing */
  group: string | null;

  static from({ box, state }: ShownBox): BoxSummaryResponse {
    return { name: box.name, boxID: box.boxId, runtimeVersion: box.runtimeVersion, state, group: box.group };
  }
}

export class FunctionParameterResponse {
  /** @example Line */
  ParameterName: string;
  /** @example Number */
  @ApiProperty({ enum: TYPES })
  ParameterType: ValueType;
  /** @example "Which line, from 1" */
  Description: string | null;
}

export class BoxFunctionResponse {
  /** @example StartLine */
  Name: string;
  /** @example "Starts one line" */
  Description: string | null;
  /** `None` = it returns nothing. @example Boolean */
  @ApiProperty({ enum: RETURN_TYPES })
  ReturnType: ReturnType;
  Parameters: FunctionParameterResponse[];

  static from({ Name, Description, ReturnType: type, Parameters }: BoxFunction): BoxFunctionResponse {
    return { Name, Description, ReturnType: type, Parameters: Parameters.map((parameter) => ({ ...parameter })) };
  }
}

export class BoxVariableResponse {
  /** @example Counter */
  name: string;
  /** @example Number */
  @ApiProperty({ enum: TYPES })
  type: ValueType;
  @ApiProperty(VALUE)
  value: BoxValue;

  static from({ name, type, value }: BoxVariable): BoxVariableResponse {
    return { name, type, value };
  }
}

/** A list on a box. */
export class BoxListResponse {
  /** @example 1 */
  id: number;
  /** @example Orders */
  name: string;

  static from({ id, name }: BoxListName): BoxListResponse {
    return { id, name };
  }
}

export class BoxColumnResponse {
  /** @example Quantity */
  name: string;
  /** The same as `name`. @example Quantity */
  elementName: string;
  /** @example Number */
  @ApiProperty({ enum: TYPES, nullable: true })
  type: ValueType | null;
}

export class BoxCellResponse {
  /** @example Quantity */
  column: string;
  @ApiProperty(VALUE)
  value: BoxValue;
}

/** The rows of a list on a box, as those of the hub's own lists. */
export class BoxTableResponse {
  columns: BoxColumnResponse[];

  @ApiProperty({ type: 'array', items: { type: 'array', items: { $ref: getSchemaPath(BoxCellResponse) } } })
  items: BoxCellResponse[][];

  static from(table: BoxTable): BoxTableResponse {
    return {
      columns: table.columns.map(({ name, type }) => ({ name, elementName: name, type })),
      items: table.rows.map((row) => cells(table, row)),
    };
  }
}

export class BoxAddedItemResponse {
  /** The whole row, as the box keeps it. */
  addedItem: BoxCellResponse[];

  static from(table: BoxTable): BoxAddedItemResponse {
    return { addedItem: cells(table, table.rows[0] ?? []) };
  }
}

function cells({ columns }: BoxTable, row: readonly BoxValue[]): BoxCellResponse[] {
  return columns.map(({ name }, index) => ({ column: name, value: row[index] ?? null }));
}
