import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
  /** Called when the whole request has been handed to the system. */
  readonly onSent?: () => void;
}

const ANSWER_WITHIN_MS = 15_000;

/** An ordinary client: keeps its connections alive and never sends a request twice. */
export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly url: string) {}

  /** Null when no whole answer came, however far the request got. */
  async send({ method, path, headers = {}, body, onSent }: Request): Promise<Answer | null> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const options = {
      method,
      agent: this.agent,
      timeout: ANSWER_WITHIN_MS,
      headers: { ...headers, ...type, 'content-length': Buffer.byteLength(text) },
    };
    return new Promise((resolve) => {
      const outgoing = request(new URL(path, this.url), options, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', () => resolve(null));
        incoming.on('close', () =>
          resolve(incoming.complete ? { status: incoming.statusCode ?? 0, body: parsed(chunks) } : null),
        );
      });
      outgoing.on('finish', () => onSent?.());
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('error', () => resolve(null));
      outgoing.end(text);
    });
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer | null> {
    return this.send({ method: 'GET', path, headers });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** @throws Error when there was no answer, or not a good one */
export function bodyOf<T>(answer: Answer | null): T {
  if (answer?.status !== 200) {
    throw new Error(`A good answer was needed; it was ${answer?.status ?? 'none'}: ${JSON.stringify(answer?.body)}`);
  }
  return answer.body as T;
}

function parsed(chunks: readonly Buffer[]): unknown {
  const text = Buffer.concat(chunks).toString();
  return text === '' ? null : (JSON.parse(text) as unknown);
}
