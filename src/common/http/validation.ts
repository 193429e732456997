import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import { ValidateBy, ValidateIf, type ValidationError } from 'class-validator';
import { InvalidInputError } from '../errors/index.js';
import { isName, NAME_KEY_LENGTH_MAX, NAME_LENGTH_MAX } from '../name-key.js';

/** The property may be left out; null is not the same and is validated. */
export const MayBeAbsent = () => ValidateIf((_, value) => value !== undefined);

/** The property may be left out, or be null. */
export const MayBeNull = () => ValidateIf((_, value) => value !== undefined && value !== null);

/** Bodies are exactly what the DTO says: a property that it does not name is refused by name, also at any depth. */
export function validationPipe(): ValidationPipe {
  return new BodyPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: true },
    exceptionFactory: refusal,
  });
}

/** No body at all reads as an empty object, but null, a list, a text or a number is not one. */
class BodyPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' && value !== undefined) {
      assertBody(value);
    }
    return super.transform(value, metadata);
  }
}

/** The transformer drops what every object inherits (`toString`) before anybody could refuse it by name. */
function assertBody(value: unknown): void {
  if (!isObject(value)) {
    throw new InvalidInputError('The body must be a JSON object.', { source: '' });
  }
  const inherited = Object.keys(value).find((name) => name in Object.prototype);
  if (inherited !== undefined) {
    throw new InvalidInputError(notKnown(inherited), { source: `/${inherited}` });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Problem {
  readonly source: string;
  readonly detail: string;
  readonly missing: boolean;
}

/** One error per answer (management contract §4): the first; all of them are in `extra.errors`. */
function refusal(errors: ValidationError[]): InvalidInputError {
  const problems = errors.flatMap((error) => flatten(error, ''));
  const first = problems[0];
  if (!first) {
    return new InvalidInputError('The body must be a JSON object.', { source: '' });
  }
  const extra =
    problems.length > 1 ? { errors: problems.map(({ source, detail }) => ({ source, detail })) } : undefined;
  const code = first.missing ? '422.missing-argument' : '422.invalid-argument';
  return new InvalidInputError(first.detail, { source: first.source, extra }, code);
}

function flatten(error: ValidationError, parent: string): Problem[] {
  const source = `${parent}/${pointerToken(error.property)}`;
  const own = problemOf(error);
  return [...(own ? [{ source, ...own }] : []), ...(error.children ?? []).flatMap((child) => flatten(child, source))];
}

/** Of several broken rules the one that is written first: "must be an array" before what holds for its elements. */
function problemOf({ property, constraints = {}, value }: ValidationError): Omit<Problem, 'source'> | null {
  const { nestedValidation, ...rules } = constraints;
  const text = Object.values(rules).at(-1) ?? nestedValidation;
  if (text === undefined) {
    return null;
  }
  if ('whitelistValidation' in constraints) {
    return { detail: notKnown(property), missing: false };
  }
  const missing = value === undefined;
  return { detail: missing ? `${property} is required.` : sentence(text), missing };
}

function notKnown(property: string): string {
  return `"${clip(property)}" is not known here; leave it out.`;
}

/** RFC 6901 §3. */
function pointerToken(property: string): string {
  return clip(property).replaceAll('~', '~0').replaceAll('/', '~1');
}

function clip(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

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

const TIME =
  /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/;
/** What RFC 3339 can write, whatever the offset. */
const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A moment of RFC 3339 with its offset, on a day that there is. */
export function IsTime(): PropertyDecorator {
  return checkedBy('isTime', (value) => {
    const day = typeof value === 'string' ? TIME.exec(value)?.[1] : undefined;
    const valid = day !== undefined && isDay(day) && Date.parse(value as string) <= LAST_TIME;
    return valid ? null : 'must be a date and time that exists, with its offset, e.g. 2030-01-01T00:00:00Z';
  });
}

/** The parser takes 30 February for 2 March. */
function isDay(day: string): boolean {
  const time = Date.parse(day);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
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
