import { ValidateBy, ValidateIf } from 'class-validator';
import { isObject } from '../is-object.js';
import { isTime } from '../time.js';
import { isName, NAME_KEY_LENGTH_MAX, NAME_LENGTH_MAX } from '../name-key.js';

/** The property may be left out; null is not the same and is validated. */
export const MayBeAbsent = () => ValidateIf((_, value) => value !== undefined);

/** The property may be left out, or be null. */
export const MayBeNull = () => ValidateIf((_, value) => value !== undefined && value !== null);

/** Nothing to see: blanks, and characters that have no width. */
const BLANK = /^[\s\p{Default_Ignorable_Code_Point}]*$/u;
const CONTROL_CHARACTERS = /\p{Cc}|\p{Cs}|\p{Bidi_Control}|[\u2028\u2029]/u;

/** Text of 1 to `lengthMax` characters, not all blank, without control or direction characters that could forge a display. */
export function IsPlainText(lengthMax: number): PropertyDecorator {
  return checkedBy('isPlainText', (value) => problemOfText(value, lengthMax));
}

/** The name of a thing, which is also compared without case. */
export function IsName(): PropertyDecorator {
  const tooLong = `is longer than ${NAME_KEY_LENGTH_MAX} characters in the form in which names are compared`;
  return checkedBy('isName', (value) => {
    return problemOfText(value, NAME_LENGTH_MAX) ?? (isName(value as string) ? null : tooLong);
  });
}

/** The same rule, outside a body. */
export function isPlainText(text: string, lengthMax: number): boolean {
  return problemOfText(text, lengthMax) === null;
}

function problemOfText(value: unknown, lengthMax: number): string | null {
  if (typeof value !== 'string') {
    return 'must be text';
  }
  if (BLANK.test(value) || value.length > lengthMax) {
    return `must have 1 to ${lengthMax} characters, not all of them blank`;
  }
  return CONTROL_CHARACTERS.test(value) ? 'must not contain control characters' : null;
}

/** An object whose values are texts: at most `sizeMax` entries of at most `lengthMax` characters. */
export function IsTextMap(sizeMax: number, lengthMax: number): PropertyDecorator {
  return checkedBy('isTextMap', (value) => {
    const entries = isObject(value) ? Object.entries(value) : null;
    const fits = (text: unknown) => typeof text === 'string' && text.length <= lengthMax;
    const valid = entries && entries.length <= sizeMax && entries.every(([key, text]) => fits(key) && fits(text));
    return valid ? null : `must be an object of at most ${sizeMax} texts of at most ${lengthMax} characters`;
  });
}

/** A moment of RFC 3339 with its offset, on a day that there is. */
export function IsTime(): PropertyDecorator {
  return checkedBy('isTime', (value) => {
    return isTime(value) ? null : 'must be a date and time that exists, with its offset, e.g. 2030-01-01T00:00:00Z';
  });
}

/** A rule of ours: `problem` says what is wrong with a value, or null. */
export function checkedBy(name: string, problem: (value: unknown) => string | null): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (value) => problem(value) === null,
      defaultMessage: (args) => `${args?.property ?? 'value'} ${problem(args?.value) ?? 'is not valid'}`,
    },
  });
}
