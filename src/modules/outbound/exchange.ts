import { type ClientRequest, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type TLSSocket } from 'node:tls';
import { type Address } from '../../common/ip/index.js';
import { type OutboundAnswer, OutboundFailure, type OutboundRequest } from './outbound.js';

const HEADER_BYTES_MAX = 16_384;
/** Decided here: whom we talk to, and where a message ends. */
const OURS =
  /^(?:host|accept-encoding|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|proxy-.*)$/i;

/**
 * One request and its answer over a connection of its own to one of these addresses, whatever the name means by now.
 * Host header, SNI and certificate are those of the name. Redirects are answers, and no proxy is asked.
 * @throws OutboundFailure
 */
export function exchange(
  request: OutboundRequest,
  url: URL,
  addresses: readonly Address[],
  signal: AbortSignal,
): Promise<OutboundAnswer> {
  const secure = url.protocol === 'https:';
  const options = optionsOf(request, url, addresses, signal);
  return new Promise((resolve, reject) => {
    const call = secure ? httpsRequest({ ...options, rejectUnauthorized: true }) : httpRequest(options);
    const isConnected = watchConnection(call, secure);
    call.on('response', (answer) => {
      collect(answer, request.maxAnswerBytes).then(resolve, (error: unknown) => {
        call.destroy();
        reject(signal.aborted ? timeoutOf(request) : toFailure(error, true));
      });
    });
    call.on('upgrade', (_answer, socket) => {
      socket.destroy();
      reject(new OutboundFailure('bad-answer', 'The answer changes the protocol, which nobody asked for.'));
    });
    call.on('error', (error) => reject(signal.aborted ? timeoutOf(request) : toFailure(error, isConnected())));
    call.end(request.body);
  });
}

export function timeoutOf({ timeoutMilliseconds }: OutboundRequest): OutboundFailure {
  return new OutboundFailure('timeout', `There was no whole answer within ${timeoutMilliseconds} ms.`);
}

/** The host of a URL without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** The port of a URL, also where it is the usual one of its protocol. */
export function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}

function optionsOf(
  { method, headers = {}, body, purpose }: OutboundRequest,
  url: URL,
  addresses: readonly Address[],
  signal: AbortSignal,
): RequestOptions {
  const forbidden = Object.keys(headers).find((name) => OURS.test(name));
  if (forbidden !== undefined) {
    throw new TypeError(`The header ${forbidden} of a call (${purpose}) is not the caller's.`);
  }
  return {
    host: hostOf(url),
    port: portOf(url),
    path: `${url.pathname}${url.search}`,
    method,
    headers: {
      ...headers,
      'accept-encoding': 'identity',
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
    },
    // A connection per call: none is left over that another hub's call could get.
    agent: false,
    lookup: pinnedTo(addresses),
    maxHeaderSize: HEADER_BYTES_MAX,
    insecureHTTPParser: false,
    signal,
  };
}

/** Answers every question about any name with these addresses. One that is an address already is never asked about. */
function pinnedTo(addresses: readonly Address[]): LookupFunction {
  const all = addresses.map(({ text, version }) => ({ address: text, family: version }));
  return (_name, { all: wantsAll }, callback) => {
    if (wantsAll) {
      callback(null, all);
    } else {
      callback(null, all[0]?.address ?? '', all[0]?.family);
    }
  };
}

/** Before it, a failure means that nobody is there; after it, that somebody answered badly. */
function watchConnection(call: ClientRequest, secure: boolean): () => boolean {
  let connected = false;
  call.on('socket', (socket) => {
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      connected = !secure || (socket as TLSSocket).authorized;
    });
  });
  return () => connected;
}

/** The body as it arrives, never more of it than the limit. */
async function collect(answer: IncomingMessage, maxBytes: number): Promise<OutboundAnswer> {
  const encoding = answer.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== '') {
    throw new OutboundFailure('bad-answer', 'The answer is compressed, although only plain ones were asked for.');
  }
  const chunks: Buffer[] = [];
  let length = Number(answer.headers['content-length'] ?? 0);
  assertWithin(length, maxBytes);
  length = 0;
  for await (const chunk of answer) {
    length += (chunk as Buffer).length;
    assertWithin(length, maxBytes);
    chunks.push(chunk as Buffer);
  }
  if (!answer.complete) {
    throw new OutboundFailure('bad-answer', 'The answer ended before it was whole.');
  }
  return { status: answer.statusCode ?? 0, headers: flat(answer), body: Buffer.concat(chunks) };
}

function assertWithin(length: number, maxBytes: number): void {
  if (length > maxBytes) {
    throw new OutboundFailure('too-long', `The answer is longer than ${maxBytes} bytes.`);
  }
}

function flat({ headers }: IncomingMessage): Record<string, string> {
  const pairs = Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')] as const);
  return Object.fromEntries(pairs);
}

/** With the code of the error only: its words may repeat what was sent. */
function toFailure(error: unknown, connected: boolean): OutboundFailure {
  if (error instanceof OutboundFailure) {
    return error;
  }
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  return connected
    ? new OutboundFailure('bad-answer', `The answer broke off or is no HTTP (${code}).`, { cause: error })
    : new OutboundFailure('unreachable', `No connection was made (${code}).`, { cause: error });
}

/** Whether the host of a URL is an address already. */
export function isLiteral(url: URL): boolean {
  return isIP(hostOf(url)) !== 0;
}
