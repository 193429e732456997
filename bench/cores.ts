import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Servers share one core, of which one at a time works; whoever sends requests has another. */
export const SERVER_CORE = 0;
export const CLIENT_CORE = 1;

/** True where processes can be kept apart: on Linux with `taskset` and two cores. */
export const canPin = process.platform === 'linux' && availableParallelism() > 1 && answers('taskset', '--version');

/** The command line that runs this one on one core, or as it is where that cannot be had. */
export function onCore(core: number | null, command: string, args: readonly string[]): [string, string[]] {
  return canPin && core !== null ? ['taskset', ['-c', String(core), command, ...args]] : [command, [...args]];
}

/** Whether a program is there. */
export function answers(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch (error) {
    // It is there and ended with an error of its own.
    return (error as { status?: number | null }).status !== undefined && (error as { code?: string }).code !== 'ENOENT';
  }
}
