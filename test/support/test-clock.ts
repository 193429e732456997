import { Clock } from '../../src/common/clock.js';

/** A clock that tests move; both times go together. */
export class TestClock extends Clock {
  private offset = 0;

  now(): number {
    return Date.now() + this.offset;
  }

  monotonic(): number {
    return performance.now() + this.offset;
  }

  advance(milliseconds: number): void {
    this.offset += milliseconds;
  }
}
