import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import {
  AppError,
  InvalidInputError,
  InvalidSyntaxError,
  NotFoundError,
  UnavailableError,
  UnsupportedMediaTypeError,
} from '../errors/index.js';
import { doorOfRequest } from './door.js';
import { renderError } from './error-body.js';
import { withoutCredentials } from './redact.js';

/** The one filter: whatever went wrong leaves as its door's error body, with the request's id, and nothing internal. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Error');

  /** @param onRefused hears of every refusal, for whoever counts them */
  constructor(private readonly onRefused: (request: FastifyRequest, error: AppError) => void = () => {}) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const error = asAppError(thrown);
    this.log(error, thrown, request);
    this.onRefused(request, error);
    sendError(http.getResponse<FastifyReply>(), request, error);
  }

  /** ERROR means that somebody must act; a refusal is told by the request's own log line. */
  private log(error: AppError, thrown: unknown, request: FastifyRequest): void {
    const facts = { requestId: request.id, code: error.code, ...error.details.log };
    if (error.status === 500) {
      this.logger.error(
        { ...facts, stack: thrown instanceof Error ? thrown.stack : String(thrown) },
        'Unexpected error',
      );
    } else if (error.status > 500) {
      this.logger.warn({ ...facts, cause: causeOf(error) }, error.details.detail ?? error.title);
    }
  }
}

function causeOf({ details }: AppError): string | undefined {
  return details.cause instanceof Error ? details.cause.message : undefined;
}

export function sendError(reply: FastifyReply, request: FastifyRequest, error: AppError): void {
  const { status, contentType, body } = renderError(error, doorOfRequest(request), request.id);
  void reply
    .code(status)
    .headers({ 'content-type': contentType, 'cache-control': 'no-store', ...error.details.headers })
    .send(withoutCredentials(JSON.stringify(body)));
}

/** Fastify's and Nest's own errors become ours; anything unknown is a 500 that tells nothing. */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) {
    return thrown;
  }
  return (
    fromFramework(thrown) ?? new AppError(500, '500.unknown', 'Something went wrong on the server.', { cause: thrown })
  );
}

function fromFramework(thrown: unknown): AppError | undefined {
  if (thrown instanceof HttpException) {
    return fromStatus(thrown.getStatus());
  }
  return thrown instanceof Error ? fromStatus((thrown as { statusCode?: number }).statusCode) : undefined;
}

function fromStatus(status = 500): AppError | undefined {
  switch (status) {
    case 400:
      return new InvalidSyntaxError(
        'The request is not well formed. Check the URL, the headers and the length of the body.',
      );
    case 404:
    case 414:
      return new NotFoundError('uri', 'There is nothing at this address.', {
        detail: 'Check the path and the method.',
      });
    case 413:
      return new InvalidInputError(
        'The body is larger than this route takes: 1 MiB, unless its documentation says more. Send less at once.',
        {},
        '422.max-exceeded',
      );
    case 415:
      return new UnsupportedMediaTypeError('Send the body as application/json.');
    case 503:
      return new UnavailableError('The server is busy or stopping. Try again.');
    default:
      return undefined;
  }
}
