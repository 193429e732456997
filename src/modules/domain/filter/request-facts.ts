import { type Address } from '../../../common/ip/index.js';
import { type RequestFactsForRules } from './facts.js';
import { plainPath, routedPath, splitUrl } from './request-path.js';
import { RequestTexts } from './request-texts.js';

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

/**
 * The facts of a request: one reading, or two where the path could be read in two ways (`//`, `/../`, `\`, trailing
 * dots): made plain first, then as the router takes it. Judge all, and let the strictest verdict hold.
 */
export function requestFacts(parts: RequestParts): readonly RequestFactsForRules[] {
  const { path: raw, query } = splitUrl(parts.url);
  const routed = routedPath(raw);
  const plain = plainPath(routed);
  const texts = new RequestTexts(parts, query);
  const facts = new RequestFacts(parts, texts, plain, query);
  return plain === routed ? [facts] : [facts, new RequestFacts(parts, texts, routed, query)];
}

class RequestFacts implements RequestFactsForRules {
  readonly #texts: RequestTexts;
  readonly address: Address | null;
  readonly host: string;
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly uri: string;

  constructor(
    parts: RequestParts,
    texts: RequestTexts,
    readonly path: string,
    readonly query: string,
  ) {
    this.#texts = texts;
    this.address = parts.address;
    this.host = parts.host;
    this.method = parts.method;
    this.scheme = parts.scheme;
    this.uri = parts.url;
  }

  header(name: string): readonly string[] {
    return this.#texts.header(name);
  }

  headerText(name: string, separator: string): string {
    return this.#texts.headerText(name, separator);
  }

  queryArg(name: string): readonly string[] {
    return this.#texts.queryArg(name);
  }

  looked(characters: number): void {
    this.#texts.looked(characters);
  }
}
