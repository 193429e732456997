import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { PeriodicWriter } from '../../common/periodic-writer.js';
import { AccountSessionRepository } from './account-session.repository.js';

const HOUR_MS = 3_600_000;
/** Also how long an address from which an account was used counts as known, after the session. */
const KEEP_MS = 30 * 24 * HOUR_MS;
/** Rows per transaction: short enough never to hold the one writer of SQLite for long. */
const CHUNK = 200;

/** Removes sessions a month after they would have ended by themselves, every hour. */
@Injectable()
export class SessionPurge extends PeriodicWriter {
  private readonly logger = new Logger('SessionPurge');

  constructor(
    private readonly sessions: AccountSessionRepository,
    private readonly clock: Clock,
  ) {
    super(HOUR_MS);
  }

  /** Nothing is lost when a server stops first. */
  override async onApplicationShutdown(): Promise<void> {
    this.stop();
  }

  async flush(): Promise<void> {
    try {
      const before = this.clock.now() - KEEP_MS;
      let removed = CHUNK;
      while (removed === CHUNK) {
        removed = await this.sessions.removeOver(before, CHUNK);
      }
    } catch (error) {
      this.logger.warn(`Old sessions could not be removed, next try in an hour: ${String(error)}`);
    }
  }
}
