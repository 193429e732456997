import { ValidationPipe } from '@nestjs/common';
import { ValidateBy, ValidateIf, type ValidationError } from 'class-validator';
import { InvalidInputError, InvalidSyntaxError } from '../errors/index.js';
import { isName, NAME_KEY_LENGTH_MAX, NAME_LENGTH_MAX } from '../name-key.js';

/** The property may be left out; null is not the same and is validated. */
export const MayBeAbsent = () => ValidateIf((_, value) => value !== undefined);

/** The property may be left out, or be null. */
export const MayBeNull = () => ValidateIf((_, value) => value !== undefined && value !== null);

/** Bodies are exactly what the DTO says: a property that it does not name is refused by name, also at any depth. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: refusal,
  });
}

interface Problem {
  readonly source: string;
  readonly detail: string;
  readonly missing: boolean;
}

/** One error per answer (management contract §4): the first; all of them are in `extra.errors`. */
function refusal(errors: ValidationError[]): InvalidInputError | InvalidSyntaxError {
  const problems = errors.flatMap((error) => flatten(error, ''));
  const first = problems[0];
  if (!first || first.source === '/undefined') {
    return new InvalidInputError('The body must be a JSON object.', { source: '' });
  }
  const extra =
    problems.length > 1 ? { errors: problems.map(({ source, detail }) => ({ source, detail })) } : undefined;
  const code = first.missing ? '422.missing-argument' : '422.invalid-argument';
  return new InvalidInputError(first.detail, { source: first.source, extra }, code);
}

function flatten(error: ValidationError, parent: string): Problem[] {
  const source = `${parent}/${pointerToken(error.property)}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, text]) => ({
    source,
    detail:
      rule === 'whitelistValidation' ? `"${clip(error.property)}" is not known here; leave it out.` : sentence(text),
    missing: text.endsWith('is required'),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, source))];
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

const CONTROL_CHARACTERS = /\p{Cc}|\p{Cs}|[\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

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
  if (value.trim() === '' || value.length > lengthMax) {
    return `must have 1 to ${lengthMax} characters, not all of them blank`;
  }
  return CONTROL_CHARACTERS.test(value) ? 'must not contain control characters' : null;
}

/** An object whose values are texts: at most `sizeMax` entries of at most `lengthMax` characters. */
export function IsTextMap(sizeMax: number, lengthMax: number): PropertyDecorator {
  return checkedBy('isTextMap', (value) => {
    const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : null;
    const fits = (text: unknown) => typeof text === 'string' && text.length <= lengthMax;
    const valid = entries && entries.length <= sizeMax && entries.every(([key, text]) => fits(key) && fits(text));
    return valid ? null : `must be an object of at most ${sizeMax} texts of at most ${lengthMax} characters`;
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
