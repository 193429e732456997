import { type Address } from '../../../common/ip/index.js';
import { type RequestFactsForRules } from './facts.js';

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

/**
 * The facts of a request: one reading, or two where the path could be read in two ways (`//`, `/../`, `\`, trailing
 * dots): made plain first, then as the router takes it. Judge all, and let the strictest verdict hold.
 */
export function requestFacts(_parts: RequestParts): readonly RequestFactsForRules[] {
  throw new Error('Being built.');
}
