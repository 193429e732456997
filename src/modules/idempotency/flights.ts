import { RequestInProgressError } from './idempotency.errors.js';

/** The work of this node by name, one at a time each: who comes second waits without holding a connection. */
export class Flights {
  readonly #running = new Map<string, Promise<void>>();

  /** @throws RequestInProgressError when others were at it for so many milliseconds; `work` did not run then */
  async run<T>(name: string, patience: number, work: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + patience;
    for (let ahead = this.#running.get(name); ahead; ahead = this.#running.get(name)) {
      if (!(await isSettledWithin(ahead, deadline - performance.now()))) {
        throw new RequestInProgressError();
      }
    }
    const flight = work();
    const landed = () => void this.#running.delete(name);
    this.#running.set(name, flight.then(landed, landed));
    return flight;
  }
}

async function isSettledWithin(promise: Promise<void>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
