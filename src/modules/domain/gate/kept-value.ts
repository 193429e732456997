import { type Clock } from '../../../common/clock.js';

/** As long as cached records of credentials live. */
const KEPT_MS = 60_000;

/**
 * One thing of the database, in memory. What was being read when it was dropped is not kept, and nobody who asks gets
 * what began to be read before they asked: while one look-up runs, all who ask share the next. So there are never more
 * than two, however many ask.
 */
export class KeptValue<T> {
  private kept: { readonly value: T; readonly until: number } | undefined;
  private generation = 0;
  private running: Promise<T> | undefined;
  private next: Promise<T> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly load: () => Promise<T>,
  ) {}

  /** Whether it may be used is for the lease of the change feed to say. */
  get current(): T | undefined {
    return this.kept && this.clock.monotonic() < this.kept.until ? this.kept.value : undefined;
  }

  drop(): void {
    this.generation += 1;
    this.kept = undefined;
  }

  fresh(): Promise<T> {
    if (!this.running) {
      return this.begin();
    }
    this.next ??= this.running.then(ignore, ignore).then(() => {
      this.next = undefined;
      return this.begin();
    });
    return this.next;
  }

  private begin(): Promise<T> {
    const reading = this.read(this.generation).finally(() => {
      if (this.running === reading) {
        this.running = undefined;
      }
    });
    this.running = reading;
    return reading;
  }

  private async read(generation: number): Promise<T> {
    const value = await this.load();
    if (generation === this.generation) {
      this.kept = { value, until: this.clock.monotonic() + KEPT_MS };
    }
    return value;
  }
}

function ignore(): void {}
