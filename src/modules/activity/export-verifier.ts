import { type Anchor } from './chain-report.js';
import { breakAt, lostAnchor } from './chain-rules.js';
import {
  asRowLine,
  EXPORT_FORMAT,
  EXPORT_VERSION,
  FIRST_MAC,
  type HeaderLine,
  readLine,
  type ReadLine,
  type RowLine,
  type TrailerLine,
} from './export-lines.js';
import { disagreement } from './row-body.js';
import { type Link, type Seals } from './seals.js';

/** The first line that is not as it was exported, or whose row is not as it was written. */
export interface ExportBreak {
  /** The first line is 1. */
  readonly line: number;
  /** In the chain; null for what is not sealed. */
  readonly position: number | null;
  readonly rowId: string | null;
  /** In plain words. */
  readonly problem: string;
}

/** What a verification found in one export. */
export interface ExportReport {
  /** Null when the file has no genuine first line. */
  readonly header: HeaderLine | null;
  /** Lines that hold, from the first on. */
  readonly sealed: number;
  readonly unsealed: number;
  readonly last: Link | null;
  readonly broken: ExportBreak | null;
}

const CHANGED =
  'the line is not the one that was exported here: it was changed, moved or put in, or lines before it were removed';

/**
 * Verifies the lines of an export one after the other, up to the first that is wrong. Needs no database.
 * @param anchors heads that were logged for the hub of the export
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  seals: Seals,
  anchors: readonly Anchor[] = [],
): Promise<ExportReport> {
  const check = new ExportCheck(seals, anchors);
  for await (const line of lines) {
    if (check.take(line)) {
      return check.report();
    }
  }
  check.end();
  return check.report();
}

class ExportCheck {
  #line = 0;
  #mac = FIRST_MAC;
  #header: HeaderLine | null = null;
  #last: Link | null = null;
  #sealed = 0;
  #unsealed = 0;
  #ended = false;
  #broken: ExportBreak | null = null;

  constructor(
    private readonly seals: Seals,
    private anchors: readonly Anchor[],
  ) {}

  report(): ExportReport {
    const [header, last, broken] = [this.#header, this.#last, this.#broken];
    return { header, sealed: this.#sealed, unsealed: this.#unsealed, last, broken };
  }

  /** True when the line is wrong. */
  take(text: string): boolean {
    this.#line += 1;
    const line = readLine(text);
    if (this.#ended) {
      return this.#breaks('the export has ended before this line');
    }
    if (!line) {
      return this.#breaks('it is not a line of an export');
    }
    const mac = this.seals.lineMac(this.#mac, line.text);
    const genuine = mac.toString('hex') === line.mac;
    this.#mac = mac;
    return this.#header ? this.#takeOther(line, genuine, this.#header) : this.#takeHeader(line, genuine);
  }

  /** Behind the last line of the file. */
  end(): void {
    if (!this.#ended) {
      this.#line += 1;
      this.#breaks('the last line of the export is missing: it was cut off');
    }
  }

  #takeHeader({ content }: ReadLine, genuine: boolean): boolean {
    const { format, version } = content;
    if (format !== EXPORT_FORMAT || version !== EXPORT_VERSION) {
      return this.#breaks(`it is not the first line of an export of version ${EXPORT_VERSION}`);
    }
    if (!genuine) {
      return this.#breaks('the first line was changed, or the export was made with another HUBGATE_SECRET');
    }
    const header = content as unknown as HeaderLine;
    this.#header = header;
    const { head, after, hub_id: hubId } = header;
    this.#last = after && { position: after.position, seal: Buffer.from(after.seal ?? '', 'hex') };
    if (head && !this.#isTrue(head, hubId)) {
      return this.#breaks('the head of the chain was changed before this was exported');
    }
    const own = head ? [{ hubId, position: head.position, seal: head.seal ?? '' }] : [];
    this.anchors = [...own, ...this.anchors];
    return this.#breaksAfter(header);
  }

  #isTrue({ position, seal, sealed_at, mac }: NonNullable<HeaderLine['head']>, hubId: string): boolean {
    const head = { hubId, position, seal: Buffer.from(seal ?? '', 'hex'), sealedAt: sealed_at };
    return this.seals.headMac(head).toString('hex') === mac;
  }

  /** The place before the first sealed line. */
  #breaksAfter({ after }: HeaderLine): boolean {
    const logged = this.anchors.find(({ position }) => position === after?.position);
    if (after && after.seal === null) {
      return this.#breaks('the row before the first one was missing when this was exported', after.position);
    }
    return logged !== undefined && logged.seal !== after?.seal
      ? this.#breaks(`the seal ${logged.seal} was logged here, and this is another`, after?.position)
      : false;
  }

  #takeOther(line: ReadLine, genuine: boolean, header: HeaderLine): boolean {
    const row = asRowLine(line);
    if (!row && line.content['type'] !== 'trailer') {
      return this.#breaks('it is neither an activity nor the last line of an export');
    }
    const isWrong = row
      ? this.#rowBreaks(row, header)
      : this.#trailerBreaks(line.content as unknown as TrailerLine, header);
    if (isWrong || !genuine) {
      return isWrong || this.#breaks(CHANGED, row?.position, row?.row.id);
    }
    this.#advance(row);
    return false;
  }

  #rowBreaks({ position, seal, row }: RowLine, { hub_id: hubId }: HeaderLine): boolean {
    if (row.hub_id !== hubId) {
      return this.#breaks(`it is a row of hub ${row.hub_id}`, position, row.id);
    }
    if (position === null) {
      const problem = disagreement(row);
      return problem !== null && this.#breaks(problem, null, row.id);
    }
    if (!this.#last || position <= this.#last.position) {
      return this.#breaks('its place was passed already: the line is there twice, or was moved', position, row.id);
    }
    const sealed = { ...row, position, seal: Buffer.from(seal ?? '', 'hex') };
    const found = breakAt(this.seals, sealed, this.#last, this.anchors);
    return found !== null && this.#breaks(found.problem, found.position, found.rowId);
  }

  #trailerBreaks({ sealed, unsealed }: TrailerLine, { head, to }: HeaderLine): boolean {
    if (sealed !== this.#sealed || unsealed !== this.#unsealed) {
      const there = `${this.#sealed} sealed and ${this.#unsealed} unsealed`;
      return this.#breaks(`it counts ${sealed} sealed and ${unsealed} unsealed lines, but there are ${there}`);
    }
    if (!head && sealed > 0) {
      return this.#breaks('the head of the chain was missing when this was exported');
    }
    // An export up to a time may end before a head.
    const lost = to === null && this.#last ? lostAnchor(this.anchors, this.#last) : null;
    return lost !== null && this.#breaks(lost.problem, lost.position);
  }

  #advance(row: RowLine | null): void {
    if (!row) {
      this.#ended = true;
    } else if (row.position === null) {
      this.#unsealed += 1;
    } else {
      this.#sealed += 1;
      this.#last = { position: row.position, seal: Buffer.from(row.seal ?? '', 'hex') };
    }
  }

  #breaks(problem: string, position: number | null = null, rowId: string | null = null): true {
    this.#broken = { line: this.#line, position, rowId, problem };
    return true;
  }
}
