import { type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

const MINUTE_MS = 60_000;

/** Writes once a minute what was collected in memory, and what is left when the server stops. */
export abstract class PeriodicWriter implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), MINUTE_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** Never throws: what cannot be written is said in the log. */
  abstract flush(): Promise<void>;
}
