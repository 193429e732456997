/** What a cell of a list and a variable can hold (public contract §3, §6). */
export const VALUE_TYPES = ['Number', 'String', 'Boolean'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

/** A value as clients send and get it; null = none. */
export type TypedValue = number | string | boolean | null;

/** Just above the smallest normal double. */
const NUMBER_SIZE_MIN = 2.3e-308;
/** SQLite's functions end a text at NUL, and half a surrogate pair has no UTF-8: what is written must be what is read. */
const UNSTORABLE = /\0|\p{Cs}/u;

/**
 * Takes a value of this type as it is: nothing is converted, and null is a value of any type.
 * @param what begins the sentence of a refusal, e.g. `A cell of this column`
 */
export function readTypedValue(
  type: ValueType,
  value: unknown,
  { what, textLengthMax }: { readonly what: string; readonly textLengthMax: number },
): { readonly value: TypedValue } | { readonly problem: string } {
  if (value === null) {
    return { value };
  }
  switch (type) {
    case 'Number':
      // JSON has no infinity, but `1e999` becomes one.
      return typeof value === 'number' && Number.isFinite(value)
        ? { value: storableNumber(value) }
        : { problem: `${what} is a JSON number that a double can hold, or null.` };
    case 'String':
      return readText(value, what, textLengthMax);
    case 'Boolean':
      return typeof value === 'boolean' ? { value } : { problem: `${what} is true, false or null.` };
  }
}

/** Nearer to zero than the smallest normal double a number is zero: not every database keeps it. */
export function storableNumber(value: number): number {
  return Math.abs(value) < NUMBER_SIZE_MIN ? 0 : value;
}

function readText(value: unknown, what: string, lengthMax: number): { value: string } | { problem: string } {
  if (typeof value !== 'string' || value.length > lengthMax) {
    return { problem: `${what} is text of at most ${lengthMax} characters, or null.` };
  }
  return UNSTORABLE.test(value)
    ? { problem: 'The text contains NUL or half of a surrogate pair, which cannot be stored.' }
    : { value };
}
