import { Agent, request } from 'node:http';
import { headersOf, type Load } from './load/load.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly milliseconds: number;
}

/** An answer other than 2xx. */
export class RefusedError extends Error {
  constructor(
    path: string,
    readonly status: number,
    body: string,
  ) {
    super(`${path}: ${status} ${body}`);
  }
}

/** One connection, kept open: what one client after the other would need is not measured. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** One request; `number` chooses the value of a rotated header. @throws RefusedError unless it is answered with 2xx */
export function ask(url: string, load: Load, number = 0): Promise<Answer> {
  const startedAt = performance.now();
  const { method = 'GET', path, body } = load;
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { method, agent, headers: headersOf(load, number) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const { statusCode: status = 0 } = response;
        const headers = response.headers as Record<string, string>;
        const answer = { status, headers, body: text, milliseconds: performance.now() - startedAt };
        if (Math.floor(status / 100) === 2) {
          resolve(answer);
        } else {
          reject(new RefusedError(path, status, text));
        }
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
