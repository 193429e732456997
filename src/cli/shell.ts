import { AsyncLocalStorage } from 'node:async_hooks';

/** What a command has around it: its settings, where it writes, and how it ends. */
export interface Shell {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

interface Run extends Shell {
  exitCode: number;
}

const runs = new AsyncLocalStorage<Run>();

/** The shell that started this process. */
export const PROCESS: Shell = {
  env: process.env,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
};

/** Runs `work` in a shell and resolves to the exit code that was set meanwhile, 0 if none was. */
export function runIn(surroundings: Shell, work: () => Promise<unknown>): Promise<number> {
  const run: Run = { ...surroundings, exitCode: 0 };
  return runs.run(run, async () => {
    await work();
    return run.exitCode;
  });
}

/** The shell of the command that runs. As `process` would be, it is there without being handed from hand to hand. */
export function shell(): Run {
  const run = runs.getStore();
  if (run === undefined) {
    throw new Error('No command is running.');
  }
  return run;
}
