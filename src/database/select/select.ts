/** What one SELECT may take. */
export interface SelectLimits {
  readonly timeoutMilliseconds: number;
  readonly rowsMax: number;
  /** Of JSON: an answer ends before the row that would make it longer. */
  readonly bytesMax: number;
  /** By column, what a value costs beside its own JSON. */
  readonly cellBytes: readonly number[];
}

export interface SelectedRows {
  /** Values in the order of the columns; texts of servers may be bytes. */
  readonly rows: readonly (readonly unknown[])[];
  /** Rows follow, beyond the limits. */
  readonly more: boolean;
}

/** Runs a SELECT that somebody else has thought up, within limits and beside everything else. */
export interface Selector {
  select(sql: string, parameters: readonly unknown[], limits: SelectLimits): Promise<SelectedRows>;
  close(): Promise<void>;
}

export type SelectLimit = 'time' | 'memory' | 'number' | 'row';

/** A SELECT took more than it may. `number`: a result was beyond what a double holds. `row`: one row was too long. */
export class SelectLimitError extends Error {
  constructor(readonly limit: SelectLimit) {
    super(`The SELECT was ended by its limit: ${limit}.`);
  }
}

/** Takes rows until they are enough. */
export class RowCollector {
  readonly rows: unknown[][] = [];
  more = false;
  #bytes = 0;

  constructor(private readonly limits: SelectLimits) {}

  /** False when no further row is wanted. @throws SelectLimitError for a first row beyond the bytes, and for infinity */
  take(row: unknown[]): boolean {
    const { rowsMax, bytesMax } = this.limits;
    this.#bytes += this.#weigh(row);
    if (this.rows.length >= rowsMax || this.#bytes > bytesMax) {
      if (this.rows.length === 0 && rowsMax > 0) {
        throw new SelectLimitError('row');
      }
      this.more = true;
      return false;
    }
    this.rows.push(row);
    return true;
  }

  #weigh(row: readonly unknown[]): number {
    return row.reduce<number>((sum, value, index) => sum + (this.limits.cellBytes[index] ?? 0) + bytesOf(value), 2);
  }
}

function bytesOf(value: unknown): number {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new SelectLimitError('number');
  }
  const text = value instanceof Uint8Array ? Buffer.from(value).toString() : value;
  return Buffer.byteLength(JSON.stringify(text));
}
