import { type AppError } from '../errors/index.js';
import { type Door } from './door.js';

/** A rendered refusal: what the client gets. */
export interface RenderedError {
  readonly contentType: string;
  readonly body: Record<string, unknown>;
}

/** Renders one error in the body of the door that the request came through. */
export function renderError(error: AppError, door: Door, requestId: string): RenderedError {
  switch (door) {
    case 'management':
      return { contentType: 'application/json; charset=utf-8', body: managementBody(error, requestId) };
    case 'account':
      return { contentType: 'application/json; charset=utf-8', body: accountBody(error, requestId) };
    case 'public':
    case 'none':
      return { contentType: 'application/problem+json; charset=utf-8', body: problemBody(error, requestId) };
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

function accountBody(error: AppError, requestId: string): Record<string, unknown> {
  return { error: error.details.detail ?? error.title, code: error.code, requestId };
}
