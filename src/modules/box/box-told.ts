/** What boxes say a value is. `None` stands for no return value. */
export const VALUE_TYPES = ['Number', 'String', 'Boolean'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];
export const RETURN_TYPES = [...VALUE_TYPES, 'None'] as const;
export type ReturnType = (typeof RETURN_TYPES)[number];

export type BoxValue = string | number | boolean | null;

/** In the words of the public contract (§2), which are the box's own. */
export interface BoxParameter {
  readonly ParameterName: string;
  readonly ParameterType: ValueType;
  readonly Description: string | null;
}

export interface BoxFunction {
  readonly Name: string;
  readonly Description: string | null;
  readonly ReturnType: ReturnType;
  readonly Parameters: readonly BoxParameter[];
}

export interface BoxVariable {
  readonly name: string;
  readonly type: ValueType;
  readonly value: BoxValue;
}

export const FUNCTIONS_MAX = 200;
export const PARAMETERS_MAX = 50;
export const VARIABLES_MAX = 1000;
export const NAME_LENGTH_MAX = 200;
export const DESCRIPTION_LENGTH_MAX = 1000;
export const TEXT_LENGTH_MAX = 10_000;

/** Control characters, direction marks and half characters; a name of dots alone would climb in a path. */
const UNFIT = /\p{Cc}|\p{Cs}|\p{Bidi_Control}|[\u2028\u2029]/u;

/** A name that a box may give to what it has: it is shown to people and put into a path. */
export function isToldName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    value.length <= NAME_LENGTH_MAX &&
    !UNFIT.test(value) &&
    !/^\.+$/.test(value)
  );
}

/** Whether a value is of a type, and can be stored and sent: finite, not too long, without NUL or half characters. */
export function isOfType(value: unknown, type: ValueType): value is BoxValue {
  switch (type) {
    case 'Number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'Boolean':
      return typeof value === 'boolean';
    case 'String':
      return typeof value === 'string' && value.length <= TEXT_LENGTH_MAX && !/\0|\p{Cs}/u.test(value);
  }
}

/** What a value of the type looks like, for whoever sent another. */
export const TYPE_TEXTS: Readonly<Record<ValueType, string>> = {
  Number: 'a JSON number that a double can hold',
  String: `text of at most ${TEXT_LENGTH_MAX} characters`,
  Boolean: 'true or false',
};
