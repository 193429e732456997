import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onCore, SERVER_CORE } from './cores.js';
import { scratchFolder } from './folders.js';

const START_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 2;

export interface StartOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** Null: wherever the system puts it. */
  readonly core?: number | null;
}

let started = 0;

/** Whatever ends this process: no server is left behind, not even one that is still starting. */
const children = new Set<ChildProcess>();
process.on('exit', () => children.forEach((child) => child.kill()));

/**
 * A server as it is really started, in a process of its own. Its output goes into a file: a pipe to whoever measures
 * would make the reader's speed part of the result.
 */
export class MeasuredServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly log: string,
    readonly name: string,
    readonly url: string,
  ) {}

  /** @param script relative to the compiled `bench` */
  static async start(name: string, script: string, options: StartOptions = {}): Promise<MeasuredServer> {
    const log = join(scratchFolder(), `${(started += 1)}.log`);
    const output = openSync(log, 'w');
    const file = fileURLToPath(new URL(script, import.meta.url));
    const { core = SERVER_CORE, environment = {} } = options;
    const [command, args] = onCore(core, process.execPath, [file]);
    const child = spawn(command, args, {
      env: { ...process.env, ...environment, PORT: '0' },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    children.add(child);
    child.once('exit', () => children.delete(child));
    return new MeasuredServer(child, log, name, await listening(child, log));
  }

  /** Processor time so far, all threads, in microseconds; null where the system does not tell. */
  get cpuMicroseconds(): number | null {
    const fields = this.procFile('stat')
      ?.replace(/^.*\) /s, '')
      .split(' ');
    return fields ? (Number(fields[11]) + Number(fields[12])) * (1e6 / ticksPerSecond()) : null;
  }

  /** Memory that is really there, in MiB; null where the system does not tell. */
  get residentMiB(): number | null {
    const kibibytes = /^VmRSS:\s+(\d+)/m.exec(this.procFile('status') ?? '')?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) / 1024;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      await closed;
    }
    rmSync(this.log, { force: true });
  }

  private procFile(name: string): string | null {
    try {
      return readFileSync(`/proc/${this.child.pid}/${name}`, 'utf8');
    } catch {
      return null;
    }
  }
}

/** The address that the server's log names once it listens. */
async function listening(child: ChildProcess, log: string): Promise<string> {
  const deadline = performance.now() + START_WITHIN_MS;
  for (;;) {
    const output = readFileSync(log, 'utf8');
    const address = /"listening":"([^"]+)"/.exec(output)?.[1];
    if (address) {
      return `http://${address}`;
    }
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`The server did not start: ${output}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

let ticks: number | undefined;

function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return ticks;
}
