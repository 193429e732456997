import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Somebody's server that is told of alerts; it verifies what it gets as the specification of Standard Webhooks says. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  /** What it answers from now on; a function may also wait. */
  answer: number | ((received: Received) => Promise<number>) = 204;
  /** Calls that are being answered at the same time, at most so far. */
  most = 0;
  private open = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url = '', headers } = request;
        void receiver
          .take({ path: url, headers, body: Buffer.concat(chunks).toString() })
          .then((status) => response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/alerts`;
  }

  get bodies(): Record<string, unknown>[] {
    return this.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(received: Received): Promise<number> {
    this.received.push(received);
    this.open += 1;
    this.most = Math.max(this.most, this.open);
    const status = typeof this.answer === 'number' ? this.answer : await this.answer(received);
    this.open -= 1;
    return status;
  }
}

/** Whether one of the signatures is by this secret. */
export function isSignedBy({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const id = String(headers['webhook-id']);
  const timestamp = String(headers['webhook-timestamp']);
  const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((signature) => {
      const [version, code = ''] = signature.split(/,(.*)/s);
      const given = Buffer.from(code, 'base64');
      return version === 'v1' && given.length === wanted.length && timingSafeEqual(given, wanted);
    });
}
