import { isObject } from '../../common/is-object.js';
import {
  type BoxFunction,
  type BoxParameter,
  type BoxValue,
  type BoxVariable,
  DESCRIPTION_LENGTH_MAX,
  FUNCTIONS_MAX,
  isOfType,
  isToldName,
  NAME_LENGTH_MAX,
  PARAMETERS_MAX,
  RETURN_TYPES,
  type ReturnType,
  TYPE_TEXTS,
  VALUE_TYPES,
  type ValueType,
  VARIABLES_MAX,
} from './box-told.js';

/** What a box said cannot be what it has; `message` says where and why, without repeating it. */
export class UnreadableError extends Error {}

const NAME_TEXT = `must be text of 1 to ${NAME_LENGTH_MAX} characters that is no path, without control characters`;
export const PNG_BYTES_MAX = 1_048_576;
const PNG_BASE64_LENGTH_MAX = Math.ceil(PNG_BYTES_MAX / 3) * 4;
/** The first eight bytes of every PNG (RFC 2083 §3.1). */
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The shared functions of a box, from its report or its answer; what the hub does not know is dropped. @throws UnreadableError */
export function readFunctions(told: unknown): BoxFunction[] {
  const functions = entries(told, 'functions', FUNCTIONS_MAX).map(readFunction);
  assertDistinct(
    functions.map(({ Name }) => Name),
    'functions',
  );
  return functions;
}

/** @throws UnreadableError */
export function readVariables(told: unknown): BoxVariable[] {
  const variables = entries(told, 'variables', VARIABLES_MAX).map(({ name, type, value }, index): BoxVariable => {
    const at = `variables[${index}]`;
    return { name: nameOf(name, `${at}.name`), ...typedValue(type, value, at) };
  });
  assertDistinct(
    variables.map(({ name }) => name),
    'variables',
  );
  return variables;
}

/** A PNG in base64, as its text. @throws UnreadableError */
export function readScreenshot(told: unknown): string {
  if (typeof told !== 'string' || told.length > PNG_BASE64_LENGTH_MAX || !isBase64(told)) {
    throw new UnreadableError(`screenshot must be base64 of at most ${PNG_BYTES_MAX} bytes`);
  }
  const bytes = Buffer.from(told, 'base64');
  if (bytes.length > PNG_BYTES_MAX || !isPng(bytes)) {
    throw new UnreadableError(`screenshot must be base64 of a PNG of at most ${PNG_BYTES_MAX} bytes`);
  }
  return told;
}

export function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE);
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

function readFunction(told: Readonly<Record<string, unknown>>, index: number): BoxFunction {
  const at = `functions[${index}]`;
  const parameters = entries(told['Parameters'] ?? [], `${at}.Parameters`, PARAMETERS_MAX);
  const Parameters = parameters.map((one, position) => readParameter(one, `${at}.Parameters[${position}]`));
  assertDistinct(
    Parameters.map(({ ParameterName }) => ParameterName),
    `${at}.Parameters`,
  );
  return {
    Name: nameOf(told['Name'], `${at}.Name`),
    Description: descriptionOf(told['Description'], `${at}.Description`),
    ReturnType: oneOf<ReturnType>(RETURN_TYPES, told['ReturnType'] ?? 'None', `${at}.ReturnType`),
    Parameters,
  };
}

function readParameter(told: Readonly<Record<string, unknown>>, at: string): BoxParameter {
  return {
    ParameterName: nameOf(told['ParameterName'], `${at}.ParameterName`),
    ParameterType: oneOf<ValueType>(VALUE_TYPES, told['ParameterType'], `${at}.ParameterType`),
    Description: descriptionOf(told['Description'], `${at}.Description`),
  };
}

function typedValue(told: unknown, value: unknown, at: string): { type: ValueType; value: BoxValue } {
  const type = oneOf<ValueType>(VALUE_TYPES, told, `${at}.type`);
  const known = value ?? null;
  if (known !== null && !isOfType(known, type)) {
    throw new UnreadableError(`${at}.value must be ${TYPE_TEXTS[type]}, or null`);
  }
  return { type, value: known as BoxValue };
}

function entries(told: unknown, at: string, maximum: number): Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(told) || told.length > maximum || !told.every(isObject)) {
    throw new UnreadableError(`${at} must be a list of at most ${maximum} objects`);
  }
  return told as Readonly<Record<string, unknown>>[];
}

function nameOf(told: unknown, at: string): string {
  if (!isToldName(told)) {
    throw new UnreadableError(`${at} ${NAME_TEXT}`);
  }
  return told;
}

function descriptionOf(told: unknown, at: string): string | null {
  const text = told ?? null;
  if (text !== null && (typeof text !== 'string' || text.length > DESCRIPTION_LENGTH_MAX || /\0|\p{Cs}/u.test(text))) {
    throw new UnreadableError(`${at} must be text of at most ${DESCRIPTION_LENGTH_MAX} characters, or null`);
  }
  return text as string | null;
}

function oneOf<T extends string>(allowed: readonly T[], told: unknown, at: string): T {
  const found = allowed.find((one) => one === told);
  if (found === undefined) {
    throw new UnreadableError(`${at} must be one of ${allowed.join(', ')}`);
  }
  return found;
}

/** Integrators name things without case, so two names that differ by case alone would be one. */
function assertDistinct(names: readonly string[], at: string): void {
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    throw new UnreadableError(`${at} must have distinct names, compared without case`);
  }
}
