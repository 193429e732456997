import { type AppError, type InputProblem } from '../errors/index.js';
import { type Door } from './door.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** A rendered refusal: what the client gets. */
export interface RenderedError {
  readonly status: number;
  readonly code: string;
  readonly contentType: string;
  readonly body: Record<string, unknown>;
}

/** Renders one error in the body of the door that the request came through. */
export function renderError(error: AppError, door: Door, requestId: string): RenderedError {
  const { status, code } = error;
  switch (door) {
    case 'management':
      return { status, code, contentType: JSON_TYPE, body: managementBody(error, requestId) };
    case 'account':
      return renderForAccount(error, requestId);
    case 'public':
    case 'none':
      return { status, code, contentType: PROBLEM_TYPE, body: problemBody(error, requestId) };
  }
}

/** Management contract §4: `data` is present and null. */
function managementBody(error: AppError, requestId: string): Record<string, unknown> {
  const { detail, source, extra } = error.details;
  const { status, code, title } = error;
  return { error: { status, code, title, detail, source, extra, requestId }, data: null };
}

/** RFC 9457. */
function problemBody(error: AppError, requestId: string): Record<string, unknown> {
  const { detail, source, extra } = error.details;
  const { status, code, title } = error;
  return { type: 'about:blank', title, status, detail, code, source, extra, requestId };
}

/** The account contract knows no 422: what cannot be accepted is a 400 there, and so its code says. */
function renderForAccount(error: AppError, requestId: string): RenderedError {
  const { details, title } = error;
  const status = error.status === 422 ? 400 : error.status;
  const code = error.code.replace(String(error.status), String(status));
  const problems = details.problems ?? problemAtSource(error);
  const body = { error: details.detail ?? title, code, requestId, validation_errors: problems };
  return { status, code, contentType: JSON_TYPE, body };
}

function problemAtSource({ status, code, title, details }: AppError): InputProblem[] | undefined {
  const { source, detail } = details;
  if (status !== 422 || source === undefined) {
    return undefined;
  }
  const type = code === '422.missing-argument' ? 'missing' : 'value_error';
  return [{ loc: locationOf(source), msg: detail ?? title, type }];
}

/** A pointer into the query begins with its name, one into the body does not. */
function locationOf(source: string): (string | number)[] {
  const parts = pointerParts(source);
  return parts[0] === 'query' ? parts : ['body', ...parts];
}

/** The names and positions of a JSON pointer (RFC 6901). */
export function pointerParts(pointer: string): (string | number)[] {
  const tokens = pointer.split('/').slice(1);
  const names = tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.map((name) => (/^(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : name));
}
