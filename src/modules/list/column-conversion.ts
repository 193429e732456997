import { type ColumnType, readValue, type SlotValue } from './cell-values.js';

/** A text that is longer is no number and no truth: nobody has to read it whole. */
export const CONVERTED_LENGTH_MAX = 100;

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const WHOLE = /^[+-]?\d+$/;
const TRUTHS = new Map([
  ['true', 1],
  ['1', 1],
  ['false', 0],
  ['0', 0],
]);

/**
 * The content of a slot as a column of another type holds it (decision 0011), or undefined when it cannot. An empty
 * cell stays empty.
 */
export function convert(value: SlotValue, from: ColumnType, to: ColumnType): SlotValue | undefined {
  if (value === null || from === to) {
    return value;
  }
  if (to === 'String') {
    return from === 'Boolean' ? String(value !== 0) : String(value);
  }
  if (typeof value === 'number') {
    return from === 'Boolean' || value === 0 || value === 1 ? value : undefined;
  }
  const text = value.length > CONVERTED_LENGTH_MAX ? value : value.trim();
  if (text === '') {
    return null;
  }
  return to === 'Number' ? numberIn(text) : TRUTHS.get(text.toLowerCase());
}

/** With a decimal point, not a comma; a whole number only where no digit is lost. */
function numberIn(text: string): SlotValue | undefined {
  if (text.length > CONVERTED_LENGTH_MAX || !NUMBER.test(text)) {
    return undefined;
  }
  const number = Number(text);
  const read = readValue('Number', number);
  const loses = WHOLE.test(text) && !Number.isSafeInteger(number);
  return 'problem' in read || loses ? undefined : read.value;
}
