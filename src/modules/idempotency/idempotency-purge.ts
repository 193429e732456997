import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { KEPT_MS } from './idempotency.service.js';

const MINUTE_MS = 60_000;
/** Rows per transaction: short enough never to hold the one writer of SQLite for long. */
const CHUNK = 200;

/** Every minute it destroys what has been sealed for long enough, and removes the answers that are a day old. */
@Injectable()
export class IdempotencyPurge implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('IdempotencyPurge');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly records: IdempotencyRepository,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.runSafely(), MINUTE_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async run(): Promise<void> {
    const now = this.clock.now();
    await untilLess(CHUNK, () => this.records.forgetSealed(now, CHUNK));
    await untilLess(CHUNK, () => this.records.removeOlder(now - KEPT_MS, CHUNK));
  }

  private async runSafely(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      this.logger.warn(`Old answers could not be removed, next try in a minute: ${String(error)}`);
    }
  }
}

async function untilLess(chunk: number, step: () => Promise<number>): Promise<void> {
  let done = chunk;
  while (done === chunk) {
    done = await step();
  }
}
