import { type AddressInfo, connect } from 'node:net';
import { type TestApp } from './test-app.js';

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends bytes as they are: HTTP clients tidy up the very paths and headers that an attacker would not. */
export function rawRequest(
  app: TestApp,
  target: string,
  headers: readonly string[],
  method = 'GET',
): Promise<RawAnswer> {
  const { port } = app.nest.getHttpServer().address() as AddressInfo;
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: hub.test', 'Connection: close', ...headers, '', ''];
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(lines.join('\r\n')));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(parse(Buffer.concat(chunks).toString())));
  });
}

function parse(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  return { status: Number(text.slice(9, 12)), head: text.slice(0, end).toLowerCase(), body: text.slice(end + 4) };
}
