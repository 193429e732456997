import { type Address } from '../../../common/ip/index.js';

/** What rules may ask of a request. {@link requestFacts} makes it; what costs something is worked out when it is asked. */
export interface RequestFactsForRules {
  /** Null when it cannot be known: then every comparison with it is false. */
  readonly address: Address | null;
  /** Canonical: lower case, no port, no trailing dot. */
  readonly host: string;
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** As it arrived, with its query. */
  readonly uri: string;
  /** As the router reads it, made plain; see request-path.ts. */
  readonly path: string;
  /** Raw, without the question mark. */
  readonly query: string;
  /** The values of a header, each line by itself, by its name in lower case; none when it is missing. */
  header(name: string): readonly string[];
  /** The same as one text; empty when it is missing. */
  headerText(name: string, separator: string): string;
  /** The decoded values of an argument of the query; none when it is missing. */
  queryArg(name: string): readonly string[];
  /**
   * Counts what it takes to judge the request, in characters looked through.
   * @throws TooLongToJudgeError when it is more than any request may take
   */
  looked(characters: number): void;
}
