import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from '../database/index.js';

const HOUR_MS = 3_600_000;
/** Nodes read a change within a second; one that slept longer than this drops everything. */
const KEEP_MS = 24 * HOUR_MS;
/** Rows per transaction: short enough never to hold the one writer of SQLite for long. */
const CHUNK = 500;

/** Removes access changes that are older than a day, every hour. The newest stays: nodes know history by it. */
@Injectable()
export class ChangePurge implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('ChangePurge');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.runSafely(), HOUR_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async run(): Promise<void> {
    const before = this.clock.now() - KEEP_MS;
    let removed = CHUNK;
    while (removed === CHUNK) {
      removed = await this.removeOldest(before);
    }
  }

  /** In the order of their numbers, up to the first that is young; of the rows looked at, the last is never removed. */
  private async removeOldest(before: number): Promise<number> {
    const sql = `SELECT seq, created_at FROM access_change ORDER BY seq LIMIT ${CHUNK + 1}`;
    const rows = await this.database.query<{ seq: number; created_at: number }>(sql);
    const young = rows.findIndex((row) => row.created_at >= before);
    const count = Math.min(young < 0 ? rows.length : young, rows.length - 1);
    if (count > 0) {
      const { seq } = rows[count - 1];
      await this.database.transaction((tx) => tx.query('DELETE FROM access_change WHERE seq <= ?', [seq]));
    }
    return count;
  }

  private async runSafely(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      this.logger.warn(`Old access changes could not be removed, next try in an hour: ${String(error)}`);
    }
  }
}
