import { TooLongToJudgeError } from './filter.errors.js';

const NONE: readonly string[] = [];

/** Five hundred searches of a text of 4 000 characters: a millisecond, and at most 20 whatever filters and texts are. */
const LOOKED_MAX = 2_000_000;

/** What both readings of a request share: its headers and arguments, each read once, and what judging it has taken. */
export class RequestTexts {
  readonly #parts: { readonly rawHeaders: readonly string[] };
  readonly #query: string;
  /** Those that were asked for. */
  readonly #headers = new Map<string, readonly string[]>();
  #joined: Map<string, string> | undefined;
  #queryArgs: ReadonlyMap<string, readonly string[]> | undefined;
  #looked = 0;

  /** @param parts whose `rawHeaders` are names and values in turn */
  constructor(parts: { readonly rawHeaders: readonly string[] }, query: string) {
    this.#parts = parts;
    this.#query = query;
  }

  header(name: string): readonly string[] {
    let lines = this.#headers.get(name);
    if (!lines) {
      this.#headers.set(name, (lines = this.#linesOf(name)));
    }
    return lines;
  }

  headerText(name: string, separator: string): string {
    const lines = this.header(name);
    if (lines.length < 2) {
      return lines[0] ?? '';
    }
    let text = this.#joined?.get(name);
    if (text === undefined) {
      text = lines.join(separator);
      this.looked(text.length);
      (this.#joined ??= new Map<string, string>()).set(name, text);
    }
    return text;
  }

  queryArg(name: string): readonly string[] {
    return (this.#queryArgs ??= argumentsOf(this.#query)).get(name) ?? NONE;
  }

  looked(characters: number): void {
    this.#looked += characters;
    if (this.#looked > LOOKED_MAX) {
      throw new TooLongToJudgeError();
    }
  }

  #linesOf(name: string): readonly string[] {
    const { rawHeaders } = this.#parts;
    this.looked(rawHeaders.length);
    const found: string[] = [];
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const other = rawHeaders[index];
      if (other.length === name.length) {
        this.looked(name.length);
        if (other.toLowerCase() === name) {
          found.push(rawHeaders[index + 1]);
        }
      }
    }
    return found.length === 0 ? NONE : found;
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
