import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { answerFromEnvironment, sayListening } from './answer.js';

// node:http and nothing else: what the platform itself costs.

const { status, headers, body } = answerFromEnvironment();
const all = { ...headers, 'content-length': String(Buffer.byteLength(body)) };

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(status, all);
  response.end(body);
});

server.listen(0, '127.0.0.1', () => sayListening((server.address() as AddressInfo).port));
