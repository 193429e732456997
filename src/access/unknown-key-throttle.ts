import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../common/clock.js';
import { TooManyRequestsError } from '../common/errors/index.js';
import { entriesAtMost } from '../common/lru.js';

const WINDOW_MS = 60_000;
const UNKNOWN_PER_ADDRESS = 30;
const UNKNOWN_IN_ALL = 3_000;
const ADDRESSES_MAX = 20_000;
/** First look-ups of one address that may be under way together; what they find is not known before they end. */
const PENDING_PER_ADDRESS = 100;
const PROVEN_MAX = 100_000;

/**
 * Bounds what guessing can cost the database: well-formed keys that turn out unknown are counted per client address
 * (IPv6 by /64) and in all, per minute. Only look-ups that would reach the database are refused, and never those of a
 * key that was found before: guessers cannot lock out who is already in.
 */
@Injectable()
export class UnknownKeyThrottle {
  private readonly unknown = new LRUCache<string, number>(entriesAtMost(ADDRESSES_MAX));
  private readonly proven = new LRUCache<string, true>(entriesAtMost(PROVEN_MAX));
  private readonly pending = new Map<string, number>();
  private total = 0;
  private windowStart = 0;

  constructor(private readonly clock: Clock) {}

  /** Runs the look-up of a key for a client's bucket. @throws TooManyRequestsError when this address, or everybody, has used up the budget */
  async lookUp<T>(lookup: string, bucket: string, load: () => Promise<T | null>): Promise<T | null> {
    if (this.proven.get(lookup)) {
      return load();
    }
    this.assertMayLookUp(bucket);
    const found = await this.whilePending(bucket, load);
    if (found) {
      this.proven.set(lookup, true);
    } else {
      this.unknown.set(bucket, (this.unknown.get(bucket) ?? 0) + 1);
      this.total += 1;
    }
    return found;
  }

  private assertMayLookUp(bucket: string): void {
    this.turnWindow();
    if ((this.unknown.get(bucket) ?? 0) >= UNKNOWN_PER_ADDRESS || this.total >= UNKNOWN_IN_ALL) {
      throw new TooManyRequestsError('Too many unknown API keys were tried. Wait a minute, then try again.', 60);
    }
    if ((this.pending.get(bucket) ?? 0) >= PENDING_PER_ADDRESS) {
      throw new TooManyRequestsError('Too many API keys are being tried at once. Try again in a second.', 1);
    }
  }

  private async whilePending<T>(bucket: string, load: () => Promise<T>): Promise<T> {
    this.pending.set(bucket, (this.pending.get(bucket) ?? 0) + 1);
    try {
      return await load();
    } finally {
      const others = (this.pending.get(bucket) ?? 1) - 1;
      if (others > 0) {
        this.pending.set(bucket, others);
      } else {
        this.pending.delete(bucket);
      }
    }
  }

  private turnWindow(): void {
    const now = this.clock.monotonic();
    if (now - this.windowStart >= WINDOW_MS) {
      this.windowStart = now;
      this.total = 0;
      this.unknown.clear();
    }
  }
}
