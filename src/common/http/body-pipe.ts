import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import { type ValidationError } from 'class-validator';
import { type InputProblem, InvalidInputError } from '../errors/index.js';
import { isObject } from '../is-object.js';
import { pointerParts } from './error-body.js';

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

interface Problem {
  readonly source: string;
  readonly detail: string;
  readonly type: 'missing' | 'unknown' | 'value_error';
}

/** One error per answer (management contract §4): the first; all of them are in `extra.errors`, or listed by their door. */
function refusal(errors: ValidationError[]): InvalidInputError {
  const problems = errors.flatMap((error) => flatten(error, ''));
  const first = problems[0];
  if (!first) {
    return new InvalidInputError('The body must be a JSON object.', { source: '' });
  }
  const extra =
    problems.length > 1 ? { errors: problems.map(({ source, detail }) => ({ source, detail })) } : undefined;
  const code = first.type === 'missing' ? '422.missing-argument' : '422.invalid-argument';
  return new InvalidInputError(first.detail, { source: first.source, extra, problems: problems.map(listed) }, code);
}

function listed({ source, detail, type }: Problem): InputProblem {
  return { loc: ['body', ...pointerParts(source)], msg: detail, type };
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
    return { detail: notKnown(property), type: 'unknown' };
  }
  return value === undefined
    ? { detail: `${property} is required.`, type: 'missing' }
    : { detail: sentence(text), type: 'value_error' };
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
