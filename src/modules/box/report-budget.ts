import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../common/clock.js';
import { entriesAtMost } from '../../common/lru.js';
import { TooManyReportsError } from './box.errors.js';

export const REPORTS_PER_MINUTE = 60;
const WINDOW_MILLISECONDS = 60_000;
const BOXES_MAX = 50_000;

/** How often one box may report through one server: a box gone wild, or a stolen token, writes no more than that. */
@Injectable()
export class ReportBudget {
  private readonly windows = new LRUCache<string, { since: number; count: number }>(entriesAtMost(BOXES_MAX));

  constructor(private readonly clock: Clock) {}

  /** @throws TooManyReportsError */
  spend(boxId: string): void {
    const now = this.clock.monotonic();
    const current = this.windows.get(boxId);
    const window = current && now - current.since < WINDOW_MILLISECONDS ? current : { since: now, count: 0 };
    if (window.count >= REPORTS_PER_MINUTE) {
      throw new TooManyReportsError(REPORTS_PER_MINUTE);
    }
    window.count += 1;
    this.windows.set(boxId, window);
  }
}
