import { type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

const MINUTE_MS = 60_000;

/** Writes now and then (once a minute, unless said) what has gathered, and what is left when the server stops. */
export abstract class PeriodicWriter implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly intervalMs: number = MINUTE_MS) {}

  /** False where no server runs: on the command line. */
  protected get started(): boolean {
    return this.timer !== undefined;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), this.intervalMs);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stop();
    await this.flush();
  }

  protected stop(): void {
    clearInterval(this.timer);
  }

  /** Never throws: what cannot be written is said in the log. */
  abstract flush(): Promise<void>;
}
