import { workerData } from 'node:worker_threads';

/** Ends the process when it was told a time and nothing else until then: its main thread may be within a statement. */
const alarm = workerData as Int32Array;

for (;;) {
  const seen = Atomics.load(alarm, 0);
  const milliseconds = Atomics.load(alarm, 1);
  if (Atomics.wait(alarm, 0, seen, milliseconds === 0 ? Infinity : milliseconds) === 'timed-out') {
    process.kill(process.pid, 'SIGKILL');
  }
}
