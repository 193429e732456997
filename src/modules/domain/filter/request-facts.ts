import { type Address } from '../../../common/ip/index.js';
import { type RequestFactsForRules } from './facts.js';
import { TooLongToJudgeError } from './filter.errors.js';
import { plainPath, routedPath, splitUrl } from './request-path.js';

/** A request as the server got it. */
export interface RequestParts {
  readonly method: string;
  /** As the router gets it: after the base path was taken off. */
  readonly url: string;
  /** Each line as it came, name and value in turn: Node's `headers` joins some and drops others. */
  readonly rawHeaders: readonly string[];
  readonly address: Address | null;
  readonly host: string;
  readonly scheme: 'http' | 'https';
}

/** The values of each name, in their order. */
type Texts = ReadonlyMap<string, readonly string[]>;

const NONE: readonly string[] = [];

/** Five hundred searches of a text of 4 000 characters: a millisecond, and at most 20 whatever filters and texts are. */
const LOOKED_MAX = 2_000_000;

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
  /** Those that were asked for. */
  readonly #headers = new Map<string, readonly string[]>();
  #queryArgs: Texts | undefined;
  #looked = 0;

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
    let lines = this.#headers.get(name);
    if (!lines) {
      const { rawHeaders } = this.#parts;
      this.looked(rawHeaders.length);
      this.#headers.set(name, (lines = linesOf(rawHeaders, name)));
    }
    return lines;
  }

  queryArg(name: string): readonly string[] {
    return (this.#queryArgs ??= argumentsOf(this.query)).get(name) ?? NONE;
  }

  looked(characters: number): void {
    this.#looked += characters;
    if (this.#looked > LOOKED_MAX) {
      throw new TooLongToJudgeError();
    }
  }
}

function linesOf(rawHeaders: readonly string[], name: string): readonly string[] {
  const found: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const other = rawHeaders[index];
    if (other.length === name.length && other.toLowerCase() === name) {
      found.push(rawHeaders[index + 1]);
    }
  }
  return found.length === 0 ? NONE : found;
}

function argumentsOf(query: string): Texts {
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
