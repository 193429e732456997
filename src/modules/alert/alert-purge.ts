import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AlertStore } from './alert-store.js';

const HOUR_MILLISECONDS = 3_600_000;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;
/** Alerts per look: short enough never to hold the one writer of SQLite for long. */
const CHUNK = 200;
const PAUSE_MILLISECONDS = 5;

/** How long an alert is kept after it was sent. */
export const SOLVED_KEPT_DAYS = 90;
export const NEW_KEPT_DAYS = 365;

/** Every hour it removes alerts that are old enough to be forgotten. */
@Injectable()
export class AlertPurge implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('AlertPurge');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly store: AlertStore,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), HOUR_MILLISECONDS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  async run(): Promise<void> {
    await this.removeOlder(true, SOLVED_KEPT_DAYS);
    await this.removeOlder(false, NEW_KEPT_DAYS);
  }

  private async removeOlder(solved: boolean, days: number): Promise<void> {
    const before = this.clock.now() - days * DAY_MILLISECONDS;
    while (!this.stopped && (await this.store.removeOld(solved, before, CHUNK)) === CHUNK) {
      await sleep(PAUSE_MILLISECONDS);
    }
  }

  private wake(): void {
    this.running ??= this.run()
      .catch((error: unknown) =>
        this.logger.warn(`Old alerts could not be removed, next try in an hour: ${String(error)}`),
      )
      .finally(() => {
        this.running = undefined;
      });
  }
}
