import { canonicalJson } from '../../common/canonical-json.js';
import { isObject } from '../../common/is-object.js';
import { type SealedColumns, type Seals } from './seals.js';

export const EXPORT_FORMAT = 'hubgate-activity-export';
export const EXPORT_VERSION = 1;

/** A place in the chain, as an export writes it. */
export interface Place {
  readonly position: number;
  /** Hex; null where the row is missing in the database. */
  readonly seal: string | null;
}

/** The first line. */
export interface HeaderLine {
  readonly type: 'header';
  readonly format: string;
  readonly version: number;
  readonly hub_id: string;
  readonly exported_at: string;
  readonly exported_by: { readonly type: string; readonly id: string };
  readonly from: string | null;
  readonly to: string | null;
  /** The place before the first sealed line; null when there is no sealed line. */
  readonly after: Place | null;
  /** Where the chain ended when the export began, with what proves it; null when nothing was sealed. */
  readonly head: (Place & { readonly sealed_at: number; readonly mac: string }) | null;
  /** For a reader without the description. */
  readonly about: string;
}

/** One activity. Position and seal are null when it had none yet. */
export interface RowLine {
  readonly type: 'activity';
  readonly position: number | null;
  readonly seal: string | null;
  readonly row: SealedColumns;
}

/** The last line: without it the export was cut off. */
export interface TrailerLine {
  readonly type: 'trailer';
  readonly sealed: number;
  readonly unsealed: number;
  /** Of the last sealed line. */
  readonly last: Place | null;
}

export type ExportLine = HeaderLine | RowLine | TrailerLine;

/** Before the first line. */
export const FIRST_MAC: Buffer = Buffer.alloc(32);

/** Writes lines, each with a proof over it and over the proof of the line before. */
export class LineWriter {
  #mac = FIRST_MAC;

  constructor(private readonly seals: Seals) {}

  write(line: ExportLine): string {
    this.#mac = this.seals.lineMac(this.#mac, canonicalJson(line));
    return `${canonicalJson({ ...line, mac: this.#mac.toString('hex') })}\n`;
  }
}

/** A line as it was read. What it says is proved by its `mac` alone. */
export interface ReadLine {
  readonly content: Readonly<Record<string, unknown>>;
  /** What the proof is over. */
  readonly text: string;
  readonly mac: string;
}

/** Null when the text is no JSON object in its one canonical form: two keys of one name could show two people two things. */
export function readLine(text: string): ReadLine | null {
  const value = parse(text);
  if (!isObject(value) || canonicalJson(value) !== text) {
    return null;
  }
  const { mac, ...content } = { ...value } as Record<string, unknown>;
  return typeof mac === 'string' ? { content, text: canonicalJson(content), mac } : null;
}

const COLUMNS = ['id', 'hub_id', 'event', 'status', 'actor_type', 'actor_id', 'body', 'created_at'] as const;
const NULLABLE = ['component_type', 'component_id'] as const;

/** The row of a line that has the form of one, also when somebody made it up. */
export function asRowLine({ content }: ReadLine): RowLine | null {
  const { type, position, seal, row } = content;
  const placed = (position === null || typeof position === 'number') && (seal === null || typeof seal === 'string');
  if (type !== 'activity' || !placed || !isObject(row)) {
    return null;
  }
  const columns = { ...row } as Record<string, unknown>;
  const whole =
    COLUMNS.every((name) => typeof columns[name] === 'string') &&
    NULLABLE.every((name) => columns[name] === null || typeof columns[name] === 'string');
  return whole ? (content as unknown as RowLine) : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
