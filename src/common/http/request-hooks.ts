import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { InvalidSyntaxError } from '../errors/index.js';
import { type AddressList } from '../ip/index.js';
import { type ClientAddress, ClientAddresses } from './client-address.js';
import { sendEntityTag } from './entity-tags.js';
import { asAppError, sendError } from './error.filter.js';
import { hasSeveralHosts } from './request-host.js';
import { shownPath } from './request-path.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the request came from, by the one resolver. Nobody reads `request.ip`. */
    client: ClientAddress;
  }
}

/** A line for each request takes half as long as the request itself; the proxy in front writes one anyway. */
const REFUSED = 400;
const SLOW_MS = 1000;
const ONE_HOST = 'The request has more than one Host header. Send one.';

/** What happens to every request before and after its route: address, headers that all answers carry, and one log line where it was refused or slow. */
export function addRequestHooks(fastify: FastifyInstance, trusted: AddressList, logger: Logger): void {
  const addresses = new ClientAddresses(trusted);
  fastify.decorateRequest('client', null as unknown as ClientAddress);
  fastify.addHook('onRequest', (request, reply, done) => {
    request.client = addresses.find(request.raw.socket, request.headers['x-forwarded-for']);
    setHeaders(request, reply);
    done(hasSeveralHosts(request.raw.rawHeaders) ? new InvalidSyntaxError(ONE_HOST) : undefined);
  });
  fastify.addHook('preSerialization', sendEntityTag);
  if (logger.isLevelEnabled('info')) {
    logRequests(fastify, logger);
  }
}

function logRequests(fastify: FastifyInstance, logger: Logger): void {
  const everything = logger.isLevelEnabled('debug');
  fastify.addHook('onResponse', (request, reply, done) => {
    const { statusCode, elapsedTime } = reply;
    if (everything || statusCode >= REFUSED || elapsedTime >= SLOW_MS) {
      logger.info(requestFacts(request, statusCode, elapsedTime), 'request');
    }
    done();
  });
}

/** The router refuses a URL that it cannot decode before any hook runs: it gets the headers and the body of all others. */
export function refuseUrl(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  setHeaders(request, reply);
  sendError(reply, request, asAppError(error));
}

function setHeaders(request: FastifyRequest, { raw }: FastifyReply): void {
  raw.setHeader('x-request-id', request.id);
  raw.setHeader('cache-control', 'no-store');
  raw.setHeader('x-content-type-options', 'nosniff');
}

/** No query, no header, no body: nothing in which a client could have put a secret. */
function requestFacts(request: FastifyRequest, status: number, milliseconds: number): Record<string, unknown> {
  return {
    requestId: request.id,
    method: request.method,
    path: shownPath(request.url),
    status,
    milliseconds: Math.round(milliseconds * 10) / 10,
    client: request.client?.address?.text ?? null,
  };
}
