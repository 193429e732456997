import { EventEmitter } from 'node:events';
import { type HttpClient } from '../support/http-client.js';
import { type Effect, type History } from './history.js';

export type Json = Record<string, unknown>;

export interface Call {
  readonly name: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** A key or a token. */
  readonly credential: string;
  readonly effects: readonly Effect[];
  /** Notes what only the answer tells, such as ids. */
  readonly learn?: (body: Json) => void;
}

/** Tells a killer what is going on: `sent` when a request has left, `acknowledged` when its answer has come. */
export class Traffic extends EventEmitter<{ sent: []; acknowledged: [] }> {}

/** Sends writes and keeps the history of them. */
export class Caller {
  constructor(
    readonly history: History,
    private readonly client: HttpClient,
    private readonly traffic: Traffic,
  ) {}

  /** True when it was acknowledged. */
  async write({ name, method, path, body, credential, effects, learn }: Call): Promise<boolean> {
    const operation = this.history.begin(name, effects);
    const headers = { authorization: `Bearer ${credential}`, 'x-request-id': operation.id };
    const onSent = (): void => void this.traffic.emit('sent');
    const answer = await this.client.send({ method, path, headers, body, onSent });
    if (answer === null || answer.status >= 500) {
      this.history.leaveUnknown(operation, answer?.status ?? null);
      return false;
    }
    if (answer.status >= 300) {
      this.history.refuse(operation, answer.status, JSON.stringify(answer.body));
      return false;
    }
    learn?.(answer.body as Json);
    this.history.acknowledge(operation, answer.status);
    this.traffic.emit('acknowledged');
    return true;
  }

  /** A token for a key, or null when none was to be had. */
  async exchange(secret: string): Promise<string | null> {
    const answer = await this.client.get('/public-api/v1/auth/token', { apiKey: secret });
    return answer?.status === 200 ? String((answer.body as Json)['accessToken']) : null;
  }
}
