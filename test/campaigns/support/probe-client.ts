import { Agent, request } from 'node:http';

const GIVE_UP_MS = 40_000;

export interface Reply {
  /** 0: no answer came; the body then says why. */
  readonly status: number;
  readonly body: string;
  /** Moments of the monotonic clock, in milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** A caller of one node that tells when each request began and ended: keeps its connections alive and sends its headers with every request. Never throws. */
export class ProbeClient {
  constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
    private readonly agent: Agent = new Agent({ keepAlive: true }),
  ) {}

  /** The same connections with a credential as bearer. */
  as(credential: string): ProbeClient {
    return this.with({ authorization: `Bearer ${credential}` });
  }

  with(headers: Readonly<Record<string, string>>): ProbeClient {
    return new ProbeClient(this.url, { ...this.headers, ...headers }, this.agent);
  }

  send(method: string, path: string, body?: object): Promise<Reply> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const typed =
      text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const startedAt = performance.now();
    return new Promise((resolve) => {
      const end = (status: number, answer: string) =>
        resolve({ status, body: answer, startedAt, endedAt: performance.now() });
      const options = { method, agent: this.agent, headers: { ...this.headers, ...typed }, timeout: GIVE_UP_MS };
      const sent = request(this.url + path, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error) => end(0, String(error)));
        response.on('end', () => end(response.statusCode ?? 0, Buffer.concat(chunks).toString()));
      });
      sent.on('timeout', () => sent.destroy(new Error('No answer came in time.')));
      sent.on('error', (error) => end(0, String(error)));
      sent.end(text);
    });
  }

  /** As `send`, for what has to succeed. */
  async sendWell<T>(method: string, path: string, body?: object): Promise<T> {
    const reply = await this.send(method, path, body);
    if (reply.status < 200 || reply.status > 299) {
      throw new Error(`${method} ${path} was answered ${reply.status}: ${reply.body.slice(0, 300)}`);
    }
    return JSON.parse(reply.body) as T;
  }

  close(): void {
    this.agent.destroy();
  }
}
