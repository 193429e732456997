import { AppError, type ErrorDetails } from './app-error.js';

/** 400: the request could not be read at all. */
export class InvalidSyntaxError extends AppError {
  constructor(detail: string, details: ErrorDetails = {}) {
    super(400, '400.invalid-syntax', 'The request could not be read.', { ...details, detail });
  }
}

/** 401: the caller is not known. Carries the challenge that RFC 9110 §11.6.1 asks for. */
export class UnauthenticatedError extends AppError {
  constructor(detail: string, details: ErrorDetails = {}, code = '401.auth-invalid') {
    const headers = { 'WWW-Authenticate': 'Bearer realm="hubgate"', ...details.headers };
    super(401, code, 'The credential was not accepted.', { ...details, detail, headers });
  }
}

/** 403: the caller is known and may not do this. */
export class ForbiddenError extends AppError {
  constructor(detail: string, details: ErrorDetails = {}, code = '403.permissions') {
    super(403, code, 'You may not do this.', { ...details, detail });
  }
}

/** 404: it is not here, or not yours; both read the same. */
export class NotFoundError extends AppError {
  /** @param resource dotted resource of the contract's code, e.g. `hub.role`. */
  constructor(resource: string, title: string, details: ErrorDetails = {}) {
    super(404, `404.${resource}`, title, details);
  }
}

/** 409: it collides with something that is there. */
export class ConflictError extends AppError {
  constructor(detail: string, details: ErrorDetails = {}, code = '409.duplicate-found') {
    super(409, code, 'This conflicts with something that exists.', { ...details, detail });
  }
}

/** 412: it is not in the state that the caller builds on. */
export class PreconditionFailedError extends AppError {
  constructor(detail: string, details: ErrorDetails, code: string) {
    super(412, code, 'This is not in the state that you expect.', { ...details, detail });
  }
}

/** 415: the body is in a format that is not spoken here. */
export class UnsupportedMediaTypeError extends AppError {
  constructor(detail: string) {
    super(415, '415.invalid-content-type', 'The content type is not accepted.', { detail });
  }
}

/** 422: the request was read, and a value in it is not acceptable. */
export class InvalidInputError extends AppError {
  constructor(detail: string, details: ErrorDetails = {}, code = '422.invalid-argument') {
    super(422, code, 'A value in the request is not acceptable.', { ...details, detail });
  }
}

/** 429: too many attempts from this client. */
export class TooManyRequestsError extends AppError {
  constructor(detail: string, retryAfterSeconds: number) {
    const headers = { 'Retry-After': String(retryAfterSeconds) };
    super(429, '429.rate-limiting', 'Too many requests.', { detail, headers });
  }
}

/** 503: not now; the same request may succeed later. */
export class UnavailableError extends AppError {
  constructor(detail: string, details: ErrorDetails = {}, retryAfterSeconds = 1) {
    const headers = { 'Retry-After': String(retryAfterSeconds) };
    super(503, '503.not-ready', 'The service is not ready.', { ...details, detail, headers });
  }
}
