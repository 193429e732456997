import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from '../database/index.js';
import { type Dependency, type DependencyKind, isDependencyKind } from './dependency.js';
import { PrincipalCache } from './principal-cache.js';

export const FEED_POLL_MS = 250;
/** How long a cached decision counts after the start of the last good poll. Below the promised second, with slack. */
export const LEASE_MS = 900;
/**
 * So long after history was seen to be another one, nothing is kept from one poll to the next: a dump puts the tables
 * back one after the other, the change feed before the keys, and what is read in between is of two databases.
 */
export const RESTORE_SETTLES_MS = 3_600_000;
const BATCH = 1000;

interface FeedRow {
  epoch: string;
  last: number;
  seq: number | null;
  nonce: string | null;
  kind: string | null;
  subject_id: string | null;
}

/** The counter, and the changes from the cursor's own row on: that row proves that history is still the one we read. */
const POLL_SQL = `
  SELECT c.epoch, c.last_seq AS last, a.seq, a.nonce, a.kind, a.subject_id
  FROM access_counter c LEFT JOIN access_change a ON a.seq >= ?
  WHERE c.id = 1 ORDER BY a.seq LIMIT ${BATCH + 1}`;

/**
 * Reads what other nodes (and the command line) changed, every 250 ms on its own connection, and drops what was
 * touched. A cached decision may be used only while `leaseHolds()`: 900 ms from the start of the last good poll, so a
 * node that cannot hear of a revocation stops trusting its cache before the promised second is over.
 */
@Injectable()
export class ChangeFeed implements OnApplicationShutdown {
  private readonly logger = new Logger('ChangeFeed');
  private epoch: string | null = null;
  private cursor = 0;
  private cursorNonce: string | null = null;
  private settlesAt = Number.NEGATIVE_INFINITY;
  private lastGoodPoll = { monotonic: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };
  private timer: NodeJS.Timeout | undefined;
  private failing = false;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly cache: PrincipalCache,
    private readonly clock: Clock,
  ) {}

  /** By both clocks: the monotonic one stands still while a machine is suspended, the wall clock may be set back. */
  leaseHolds(): boolean {
    const age = Math.max(
      this.clock.monotonic() - this.lastGoodPoll.monotonic,
      this.clock.now() - this.lastGoodPoll.wall,
    );
    return age < LEASE_MS;
  }

  async start(): Promise<void> {
    await this.pollSafely();
    this.schedule();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** One poll; throws when the database cannot be read, and then the lease runs out by itself. */
  async poll(): Promise<void> {
    const startedAt = { monotonic: this.clock.monotonic(), wall: this.clock.now() };
    let full = true;
    while (full) {
      const rows = await this.database.feedQuery<FeedRow>(POLL_SQL, [this.cursor]);
      full = rows.length > BATCH;
      this.apply(rows);
    }
    if (startedAt.monotonic < this.settlesAt) {
      this.cache.clear();
    }
    this.lastGoodPoll = startedAt;
  }

  private apply(rows: FeedRow[]): void {
    const head = rows[0];
    if (!head) {
      throw new Error('The change counter is missing from the database.');
    }
    if (!this.continues(head)) {
      this.startOver(head, rows);
      return;
    }
    const changes = rows.filter((row) => row.seq !== null && row.seq > this.cursor);
    if (changes.length > 0) {
      this.drop(changes);
      this.moveTo(changes[changes.length - 1]);
    }
  }

  /** A kind that this version does not know, from a newer node, may concern anything. */
  private drop(changes: readonly FeedRow[]): void {
    if (changes.every(({ kind }) => isDependencyKind(kind))) {
      this.cache.invalidate(changes.map(dependencyOf));
    } else {
      this.cache.clear();
    }
  }

  /**
   * Same epoch, nothing ahead of us in the past, and our cursor's row is the very row we read; with nothing read yet,
   * that history is empty or there from its first change on.
   */
  private continues(head: FeedRow): boolean {
    if (head.epoch !== this.epoch || head.last < this.cursor) {
      return false;
    }
    if (this.cursor === 0) {
      return head.seq === 1 || head.last === 0;
    }
    return head.seq === this.cursor && head.nonce === this.cursorNonce;
  }

  /** First poll, a new epoch, or a restored database: nothing cached can be trusted. */
  private startOver(head: FeedRow, rows: FeedRow[]): void {
    this.cache.clear();
    if (this.epoch !== null) {
      this.logger.warn('The database has another history than the one that was read: was it restored?');
      this.settlesAt = this.clock.monotonic() + RESTORE_SETTLES_MS;
    }
    this.epoch = head.epoch;
    this.cursor = 0;
    this.cursorNonce = null;
    const last = rows.filter((row) => row.seq !== null).at(-1);
    if (last) {
      this.moveTo(last);
    }
  }

  private moveTo(row: FeedRow): void {
    this.cursor = row.seq ?? 0;
    this.cursorNonce = row.nonce;
  }

  private schedule(): void {
    if (!this.stopped) {
      this.timer = setTimeout(() => void this.pollSafely().finally(() => this.schedule()), FEED_POLL_MS);
      this.timer.unref();
    }
  }

  private async pollSafely(): Promise<void> {
    try {
      await this.poll();
      this.failing = false;
    } catch (error) {
      if (!this.failing) {
        this.logger.warn(`Changes cannot be read; decisions are verified one by one: ${String(error)}`);
      }
      this.failing = true;
    }
  }
}

function dependencyOf(row: FeedRow): Dependency {
  return { kind: row.kind as DependencyKind, id: row.subject_id ?? '' };
}
