/** A head as the log names it: this seal was once at this position of this hub's chain. */
export interface Anchor {
  readonly hubId: string;
  readonly position: number;
  /** Hex. */
  readonly seal: string;
}

/** The first thing that is not as it was written. */
export interface Break {
  /** In the chain; null for a row that is not sealed yet. */
  readonly position: number | null;
  /** Null when it is a row that is missing, or the head. */
  readonly rowId: string | null;
  /** In plain words. */
  readonly problem: string;
}

/** What a verification found in one hub. */
export interface HubReport {
  readonly id: string;
  /** Null when there is no such hub. */
  readonly name: string | null;
  /** Rows whose seals hold, from the first one on. */
  readonly sealed: number;
  /** As stored. */
  readonly head: { readonly position: number; readonly seal: string; readonly sealedAt: number } | null;
  /** Rows that wait for their seal, and when the oldest was written (epoch milliseconds). */
  readonly unsealed: { readonly count: number; readonly since: number | null };
  readonly broken: Break | null;
}
