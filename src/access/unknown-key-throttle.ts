import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../common/clock.js';
import { TooManyRequestsError } from '../common/errors/index.js';
import { addressBucket, type Address } from '../common/ip/address.js';

const WINDOW_MS = 60_000;
const UNKNOWN_PER_ADDRESS = 30;
const UNKNOWN_IN_ALL = 3_000;
const ADDRESSES_MAX = 20_000;

/**
 * Bounds what guessing can cost the database: well-formed keys that turn out unknown are counted per client address
 * (IPv6 by /64) and in all, per minute. Only look-ups that would reach the database are refused; cached keys never are.
 */
@Injectable()
export class UnknownKeyThrottle {
  private readonly counts: LRUCache<string, number>;
  private total = 0;
  private windowStart = 0;

  constructor(private readonly clock: Clock) {
    this.counts = new LRUCache({ max: ADDRESSES_MAX });
  }

  /** Throws 429 when this address, or everybody together, has used up the window's budget. */
  assertMayLookUp(address: Address | null): void {
    this.turnWindow();
    const count = this.counts.get(bucketOf(address)) ?? 0;
    if (count >= UNKNOWN_PER_ADDRESS || this.total >= UNKNOWN_IN_ALL) {
      throw new TooManyRequestsError('Too many unknown API keys were tried. Wait a minute, then try again.', 60);
    }
  }

  countUnknown(address: Address | null): void {
    this.turnWindow();
    const bucket = bucketOf(address);
    this.counts.set(bucket, (this.counts.get(bucket) ?? 0) + 1);
    this.total += 1;
  }

  private turnWindow(): void {
    const now = this.clock.monotonic();
    if (now - this.windowStart >= WINDOW_MS) {
      this.windowStart = now;
      this.total = 0;
      this.counts.clear();
    }
  }
}

function bucketOf(address: Address | null): string {
  return address ? addressBucket(address) : 'unknown';
}
