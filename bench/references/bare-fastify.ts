import { type AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { answerFromEnvironment, sayListening } from './answer.js';

// Fastify with one route that has its answer ready.

const { method, path, status, headers, body } = answerFromEnvironment();
const server = fastify();

server.route({
  method,
  url: path.split('?', 1)[0],
  handler: (_, reply) => reply.code(status).headers(headers).send(body),
});

await server.listen({ port: 0, host: '127.0.0.1' });
sayListening((server.server.address() as AddressInfo).port);
