import { setImmediate as turn } from 'node:timers/promises';

const SLICE_MS = 10;

/**
 * Does work that would hold up the event loop: where it yields, whatever waits goes first as soon as the work has had
 * 10 ms.
 */
export async function inTurns<T>(work: Iterator<unknown, T>): Promise<T> {
  let since = performance.now();
  let step = work.next();
  while (!step.done) {
    if (performance.now() - since > SLICE_MS) {
      await turn();
      since = performance.now();
    }
    step = work.next();
  }
  return step.value;
}
