import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

/** A node that hangs is told from one on a busy machine by patience alone. */
const READY_WITHIN_MS = 300_000;
const STOP_WITHIN_MS = 20_000;
const WARNING = 40;

/** For campaigns only: what they keep encrypted is worth nothing. */
export const CAMPAIGN_SECRET = 'a-secret-for-campaigns-only-0123456789abcdef';

/** A program of ours (`main`, `cli`), with nothing of our environment that would configure it. */
export function launch(program: 'main' | 'cli', args: readonly string[], environment: NodeJS.ProcessEnv): ChildProcess {
  const { PATH, SystemRoot, TEMP, TMPDIR } = process.env;
  const file = fileURLToPath(new URL(`../../../src/${program}.js`, import.meta.url));
  return spawn(process.execPath, [file, ...args], { env: { PATH, SystemRoot, TEMP, TMPDIR, ...environment } });
}

/** A server in a process of its own, all of whose output is kept. */
export class NodeProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | string | null>;
  #stdout = '';
  #stderr = '';

  constructor(environment: NodeJS.ProcessEnv) {
    this.#child = launch('main', [], { HOST: '127.0.0.1', PORT: '0', ...environment });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.#ended = new Promise((resolve) => this.#child.once('close', (code, signal) => resolve(code ?? signal)));
  }

  get output(): string {
    return this.#stdout + this.#stderr;
  }

  /** Where it listens; empty before it does. */
  get url(): string {
    const address = /"listening":"([^"]+)"/.exec(this.#stdout)?.[1];
    return address === undefined ? '' : `http://${address}`;
  }

  /** Warnings, errors and whatever it wrote to standard error. */
  get complaints(): string[] {
    const lines = this.#stdout.split('\n').filter((line) => line.startsWith('{'));
    const bad = lines.filter((line) => (JSON.parse(line) as { level: number }).level >= WARNING);
    return [...bad, ...this.#stderr.split('\n').filter((line) => line.trim() !== '')];
  }

  /** Resolves when `/healthz/ready` answers 200. @throws Error when it ends before, or not in time */
  async ready(): Promise<void> {
    const deadline = performance.now() + READY_WITHIN_MS;
    while (!(await this.#isReady())) {
      const end = this.#child.exitCode ?? this.#child.signalCode;
      if (end !== null || performance.now() > deadline) {
        const what = end === null ? `was not ready after ${READY_WITHIN_MS / 1000} s` : `ended with ${end}`;
        throw new Error(`A node ${what}: ${this.output.slice(-2000)}`);
      }
      await sleep(25);
    }
  }

  /** Asks it to stop; resolves to its exit code, or to the signal that ended it. */
  async stop(): Promise<number | string | null> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), STOP_WITHIN_MS);
    return this.#ended.finally(() => clearTimeout(timer));
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #isReady(): Promise<boolean> {
    if (this.url === '') {
      return false;
    }
    const answer = await fetch(`${this.url}/healthz/ready`).catch(() => undefined);
    return answer?.status === 200;
  }
}
