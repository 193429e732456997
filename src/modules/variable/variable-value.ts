import { readTypedValue, type TypedValue, type ValueType } from '../../common/typed-value.js';
import { VariableValueError } from './variable.errors.js';

/** A variable holds one value, not a document: all of a hub's together fit one answer. */
export const TEXT_LENGTH_MAX = 4000;

/** The same rules as for the cells of lists. @throws VariableValueError that says what would be right */
export function readValue(type: ValueType, value: unknown): TypedValue {
  const read = readTypedValue(type, value, {
    what: `The value of this ${type} variable`,
    textLengthMax: TEXT_LENGTH_MAX,
  });
  if ('problem' in read) {
    throw new VariableValueError(read.problem);
  }
  return read.value;
}
