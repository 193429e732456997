import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnavailableError } from '../../common/errors/index.js';
import { Database } from '../../database/index.js';

/** Load balancers probe in bursts: one ping answers for this long. */
const PING_FRESH_MS = 1000;

@Injectable()
export class HealthService implements BeforeApplicationShutdown {
  private draining = false;
  private ping: { at: number; result: Promise<void> } | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  beforeApplicationShutdown(): void {
    this.draining = true;
  }

  /** @throws UnavailableError while stopping, or when the database does not answer */
  async assertReady(): Promise<void> {
    if (this.draining) {
      throw new UnavailableError('The server is stopping.');
    }
    try {
      await this.freshPing();
    } catch (error) {
      throw new UnavailableError('The database does not answer.', { cause: error });
    }
  }

  private freshPing(): Promise<void> {
    const now = this.clock.monotonic();
    if (!this.ping || now - this.ping.at >= PING_FRESH_MS) {
      this.ping = { at: now, result: this.database.ping() };
    }
    return this.ping.result;
  }
}
