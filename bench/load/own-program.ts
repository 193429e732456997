import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { headersOf, type Load, type LoadOptions, type LoadResult } from './load.js';

// Sends requests over plain sockets: node:http as client would cost more than the server that is measured.

const PER_MILLISECOND = 50;
const LONGEST_MS = 4_000;
const HEAD_END = Buffer.from('\r\n\r\n');

const { load, options } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as {
  load: Load;
  options: LoadOptions;
};
const { hostname, port } = new URL(options.url);
const requests = (load.rotate?.values ?? ['']).map((_, number) => requestText(number));
const buckets = new Uint32Array(LONGEST_MS * PER_MILLISECOND + 1);
const startedAt = performance.now();
const endsAt = startedAt + options.seconds * 1000;
let turn = 0;
let answered = 0;
let failures = 0;
let open = options.connections;

for (let index = 0; index < options.connections; index += 1) {
  keepBusy(connect(Number(port), hostname).setNoDelay(true));
}

function requestText(number: number): Buffer {
  const headers = { host: `${hostname}:${port}`, ...headersOf(load, number) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const body = load.body ?? '';
  const length = load.body === undefined ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  const start = `${load.method ?? 'GET'} ${load.path} HTTP/1.1\r\n`;
  return Buffer.from(`${start}${lines.join('')}${length}\r\n${body}`);
}

function keepBusy(socket: Socket): void {
  let sentAt = 0;
  let missing = 0;
  const send = (): void => {
    sentAt = performance.now();
    socket.write(requests[turn % requests.length]);
    turn += 1;
  };
  socket.on('connect', send);
  socket.on('data', (chunk: Buffer) => {
    missing = missing > 0 ? missing - chunk.length : bodyBytes(chunk) - chunk.length;
    if (missing <= 0) {
      missing = 0;
      note(performance.now() - sentAt);
      if (goesOn()) {
        send();
      } else {
        socket.end();
      }
    }
  });
  socket.on('error', () => (failures += 1));
  socket.on('close', () => (open -= 1) === 0 && tell());
}

function goesOn(): boolean {
  return performance.now() < endsAt && !(load.once && turn >= requests.length);
}

/** Bytes of the whole answer that begins with this chunk. Servers here send the head in one piece. */
function bodyBytes(chunk: Buffer): number {
  const headLength = chunk.indexOf(HEAD_END);
  const head = chunk.toString('latin1', 0, headLength);
  if (!head.startsWith('HTTP/1.1 2')) {
    failures += 1;
  }
  return headLength + HEAD_END.length + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
}

function note(milliseconds: number): void {
  answered += 1;
  buckets[Math.min(buckets.length - 1, Math.floor(milliseconds * PER_MILLISECOND))] += 1;
}

function quantile(part: number): number {
  let left = answered * part;
  return (buckets.findIndex((count) => (left -= count) <= 0) + 0.5) / PER_MILLISECOND;
}

function tell(): void {
  const result: LoadResult = {
    requests: answered,
    perSecond: answered / ((performance.now() - startedAt) / 1000),
    p50Milliseconds: quantile(0.5),
    p99Milliseconds: quantile(0.99),
    failures,
  };
  process.stdout.write(JSON.stringify(result));
}
