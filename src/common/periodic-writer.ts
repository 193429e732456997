import { type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

const MINUTE_MS = 60_000;

/** Writes once a minute, or as often as it says, what was collected in memory, and what is left when the server stops. */
export abstract class PeriodicWriter implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly intervalMs = MINUTE_MS) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), this.intervalMs);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** Never throws: what cannot be written is said in the log. */
  abstract flush(): Promise<void>;
}
