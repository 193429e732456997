import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';
import { AppError, InvalidSyntaxError } from '../errors/index.js';
import { renderError } from './error-body.js';

/** What Node's parser gives up on never becomes a request: it has no path, so no door, but an answer like all others. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) {
    return;
  }
  if (socket.writable) {
    socket.write(answer(refusal(error.code), randomUUID()));
  }
  socket.destroy(error);
}

function refusal(code = ''): AppError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new AppError(431, '431.headers-too-large', 'The request headers are too large.', {
        detail: 'Send fewer or shorter headers; all together they have at most 16 KiB.',
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError(408, '408.timeout', 'The request took too long to arrive.');
    default:
      return new InvalidSyntaxError('This is not HTTP/1.1 as the server understands it.');
  }
}

function answer(error: AppError, requestId: string): string {
  const { status, contentType, body } = renderError(error, 'none', requestId);
  const text = JSON.stringify(body);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    `Content-Type: ${contentType}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${requestId}`,
    '',
    text,
  ].join('\r\n');
}
