/** What is asked, again and again. */
export interface Load {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** One header of which each request takes the next value, around and around. */
  readonly rotate?: { readonly header: string; readonly values: readonly string[] };
  /** Ends when every value was sent, if the time lasts. The built-in generator can do that, wrk cannot. */
  readonly once?: boolean;
}

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
}

/** What one round brought. */
export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** Answers other than 2xx, connections that broke, answers that took longer than a minute. */
  readonly failures: number;
}

/** A program that keeps connections busy, each with one request at a time. */
export interface LoadTool {
  readonly name: string;
  run(load: Load, options: LoadOptions): Promise<LoadResult>;
}

/** The headers of the request with this number, counted from 0. */
export function headersOf({ headers, rotate, body }: Load, number: number): Record<string, string> {
  const turned = rotate ? { [rotate.header]: rotate.values[number % rotate.values.length] ?? '' } : {};
  return { ...headers, ...turned, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
}

export function bearer(credential: string): Record<string, string> {
  return { authorization: `Bearer ${credential}` };
}

export function bearers(credentials: readonly string[]): Load['rotate'] {
  return { header: 'authorization', values: credentials.map((one) => `Bearer ${one}`) };
}
