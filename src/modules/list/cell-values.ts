import {
  storableNumber,
  readTypedValue,
  VALUE_TYPES,
  type TypedValue,
  type ValueType,
} from '../../common/typed-value.js';

/** What a column holds (public contract §3). */
export const COLUMN_TYPES = VALUE_TYPES;
export type ColumnType = ValueType;

/** A value as clients send and get it. */
export type CellValue = TypedValue;

/** A value as its slot keeps it: a Boolean is 1 or 0. */
export type SlotValue = number | string | null;

export const TEXT_LENGTH_MAX = 100_000;

const CELL = { what: 'A cell of this column', textLengthMax: TEXT_LENGTH_MAX } as const;

export type ReadValue = { readonly value: SlotValue } | { readonly problem: string };

/** A value of a type, or null, as its slot keeps it; or what is wrong with it. */
export function readValue(type: ColumnType, value: unknown): ReadValue {
  const read = readTypedValue(type, value, CELL);
  return 'problem' in read ? read : { value: slotValue(read.value) };
}

export { storableNumber as cellNumber };

/** As a slot keeps it. */
export function slotValue(value: CellValue): SlotValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** The value that a slot's content means. */
export function cellValue(type: ColumnType, content: SlotValue): CellValue {
  return type === 'Boolean' && content !== null ? content !== 0 : content;
}
