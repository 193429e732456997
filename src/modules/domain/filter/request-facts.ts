import { type Address } from '../../../common/ip/index.js';
import { type RequestFactsForRules } from './facts.js';
import { plainPath, routedPath, splitUrl } from './request-path.js';

/** A request as the server got it. */
export interface RequestParts {
  readonly method: string;
  /** As the router gets it: after the base path was taken off. */
  readonly url: string;
  /**
   * By names in lower case. Give Node's `headersDistinct`: it keeps every line, while `headers` joins or drops some.
   * Read only when a rule asks for a header, so that it may be a getter.
   */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly address: Address | null;
  readonly host: string;
  readonly scheme: 'http' | 'https';
}

const NONE: readonly string[] = [];

/**
 * The facts of a request: one reading, or two where the path could be read in two ways (`//`, `/../`, `\`, trailing
 * dots): made plain first, then as the router takes it. Judge all, and let the strictest verdict hold.
 */
export function requestFacts(parts: RequestParts): readonly RequestFactsForRules[] {
  const { path: raw, query } = splitUrl(parts.url);
  const routed = routedPath(raw);
  const plain = plainPath(routed);
  const facts = new RequestFacts(parts, plain, query);
  return plain === routed ? [facts] : [facts, new RequestFacts(parts, routed, query)];
}

class RequestFacts implements RequestFactsForRules {
  readonly #parts: RequestParts;
  readonly address: Address | null;
  readonly host: string;
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly uri: string;
  #headers: RequestParts['headers'] | undefined;
  #queryArgs: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(
    parts: RequestParts,
    readonly path: string,
    readonly query: string,
  ) {
    this.#parts = parts;
    this.address = parts.address;
    this.host = parts.host;
    this.method = parts.method;
    this.scheme = parts.scheme;
    this.uri = parts.url;
  }

  header(name: string): readonly string[] {
    const headers = (this.#headers ??= this.#parts.headers);
    const found = Object.hasOwn(headers, name) ? headers[name] : undefined;
    return found === undefined ? NONE : typeof found === 'string' ? [found] : found;
  }

  queryArg(name: string): readonly string[] {
    return (this.#queryArgs ??= argumentsOf(this.query)).get(name) ?? NONE;
  }
}

function argumentsOf(query: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  // The sign before it keeps a question mark that belongs to the first name.
  for (const [name, value] of new URLSearchParams(`&${query}`)) {
    const values = found.get(name);
    if (values) {
      values.push(value);
    } else {
      found.set(name, [value]);
    }
  }
  return found;
}
