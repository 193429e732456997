import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { type Address, type AddressList } from '../ip/index.js';
import { resolveClientAddress } from './client-address.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the request came from, by the one resolver; null = it could not be told. Nobody reads `request.ip`. */
    clientAddress: Address | null;
  }
}

/** What happens to every request before and after its route: address, headers that all answers carry, one log line. */
export function addRequestHooks(fastify: FastifyInstance, trusted: AddressList, logger: Logger): void {
  fastify.decorateRequest('clientAddress', null);
  fastify.addHook('onRequest', (request, reply, done) => {
    const peer = request.raw.socket.remoteAddress;
    request.clientAddress = resolveClientAddress(
      { peer, forwardedFor: request.headers['x-forwarded-for'] },
      trusted,
    ).address;
    reply.raw.setHeader('x-request-id', request.id);
    reply.raw.setHeader('cache-control', 'no-store');
    reply.raw.setHeader('x-content-type-options', 'nosniff');
    done();
  });
  if (logger.isLevelEnabled('info')) {
    fastify.addHook('onResponse', (request, reply, done) => {
      logger.info(requestFacts(request, reply.statusCode, reply.elapsedTime), 'request');
      done();
    });
  }
}

/** No query, no header, no body: nothing in which a client could have put a secret. */
function requestFacts(request: FastifyRequest, status: number, milliseconds: number): Record<string, unknown> {
  return {
    requestId: request.id,
    method: request.method,
    path: request.url.split('?', 1)[0],
    status,
    milliseconds: Math.round(milliseconds * 10) / 10,
    client: request.clientAddress?.text ?? null,
  };
}
