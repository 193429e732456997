/** Time as a dependency: tests move it, nobody calls Date.now() in a decision. */
export abstract class Clock {
  /** Wall time, epoch milliseconds. */
  abstract now(): number;
  /** Monotonic milliseconds, for intervals only. */
  abstract monotonic(): number;
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }
}
