/** What a column holds (public contract §3). */
export const COLUMN_TYPES = ['Number', 'String', 'Boolean'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** A value as clients send and get it. */
export type CellValue = number | string | boolean | null;

/** A value as its slot keeps it: a Boolean is 1 or 0. */
export type SlotValue = number | string | null;

export const TEXT_LENGTH_MAX = 100_000;
/** Just above the smallest normal double. */
const NUMBER_SIZE_MIN = 2.3e-308;

/** SQLite's functions end a text at NUL, and half a surrogate pair has no UTF-8: what is written must be what is read. */
const UNSTORABLE = /\0|\p{Cs}/u;

export type ReadValue = { readonly value: SlotValue } | { readonly problem: string };

/** A value of a type as its slot keeps it, or what is wrong with it. */
export function readValue(type: ColumnType, value: unknown): ReadValue {
  switch (type) {
    case 'Number':
      return readNumber(value);
    case 'String':
      return readText(value);
    case 'Boolean':
      return typeof value === 'boolean'
        ? { value: value ? 1 : 0 }
        : { problem: 'A cell of this column is true, false or null.' };
  }
}

/** Nearer to zero than the normal doubles a number is zero: not every database keeps it. */
export function cellNumber(value: number): number {
  return Math.abs(value) < NUMBER_SIZE_MIN ? 0 : value;
}

/** JSON has no infinity, but `1e999` becomes one. */
function readNumber(value: unknown): ReadValue {
  return typeof value === 'number' && Number.isFinite(value)
    ? { value: cellNumber(value) }
    : { problem: 'A cell of this column is a JSON number that a double can hold, or null.' };
}

function readText(value: unknown): ReadValue {
  if (typeof value !== 'string' || value.length > TEXT_LENGTH_MAX) {
    return { problem: `A cell of this column is text of at most ${TEXT_LENGTH_MAX} characters, or null.` };
  }
  return UNSTORABLE.test(value)
    ? { problem: 'The text contains NUL or half of a surrogate pair, which cannot be stored.' }
    : { value };
}

/** The value that a slot's content means. */
export function cellValue(type: ColumnType, content: SlotValue): CellValue {
  return type === 'Boolean' && content !== null ? content !== 0 : content;
}
