import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { TooManyAttemptsError } from './account.errors.js';

const WAITING_MAX = 1000;
const WAITING_PER_ADDRESS = 5;
const RETRY_SECONDS = 5;

/** Lets attempts wait before they are looked at; a bounded number in all, and few of one address. */
@Injectable()
export class SignInDelays {
  private readonly waiting = new Map<string, number>();
  private total = 0;

  /** @throws TooManyAttemptsError at once when too many wait already */
  async wait(bucket: string, milliseconds: number): Promise<void> {
    if (milliseconds === 0) {
      return;
    }
    const own = this.waiting.get(bucket) ?? 0;
    if (this.total >= WAITING_MAX || own >= WAITING_PER_ADDRESS) {
      throw new TooManyAttemptsError(RETRY_SECONDS);
    }
    this.total += 1;
    this.waiting.set(bucket, own + 1);
    try {
      await this.pass(milliseconds);
    } finally {
      this.total -= 1;
      this.leave(bucket);
    }
  }

  /** Time goes by. */
  pass(milliseconds: number): Promise<void> {
    return sleep(milliseconds);
  }

  private leave(bucket: string): void {
    const left = (this.waiting.get(bucket) ?? 1) - 1;
    if (left > 0) {
      this.waiting.set(bucket, left);
    } else {
      this.waiting.delete(bucket);
    }
  }
}
