import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithUs } from './children.js';
import { freePort } from './free-port.js';
import { HttpClient } from './http-client.js';
import { launch } from './node-process.js';

const POLL_MS = 20;
const OUTPUT_KEPT = 20_000;

/** The server as a supervisor runs it: the same command and environment at every start, and nothing else. */
export class ServerNode {
  private child: ChildProcess | undefined;
  private kept = '';

  private constructor(
    private readonly environment: NodeJS.ProcessEnv,
    readonly url: string,
  ) {}

  static async prepare(environment: NodeJS.ProcessEnv): Promise<ServerNode> {
    const port = await freePort();
    const own = { HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'warn' };
    return new ServerNode({ ...own, ...environment }, `http://127.0.0.1:${port}`);
  }

  /** The end of what it wrote, over all its starts. */
  get output(): string {
    return this.kept;
  }

  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** How long its main thread has waited for a processor that others used; 0 where the system does not tell. */
  get waitedMs(): number {
    try {
      const [, nanoseconds] = readFileSync(`/proc/${this.child?.pid}/schedstat`, 'utf8').split(' ');
      return Number(nanoseconds) / 1e6;
    } catch {
      return 0;
    }
  }

  start(): void {
    this.child = launch('main', [], this.environment);
    endWithUs(this.child);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.kept = (this.kept + chunk.toString()).slice(-OUTPUT_KEPT)));
    }
  }

  /** SIGKILL: sent before this returns; resolves when the process is gone. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  /** Resolves when this path answers 200. @throws Error when the process ends or the time is over */
  async answers(path: string, headers: Readonly<Record<string, string>> = {}, withinMs = 60_000): Promise<void> {
    const client = new HttpClient(this.url);
    const deadline = performance.now() + withinMs;
    try {
      while ((await client.get(path, headers))?.status !== 200) {
        if (!this.running || performance.now() > deadline) {
          throw new Error(`The server ${this.running ? 'did not answer in time' : 'ended'}: ${this.kept}`);
        }
        await sleep(POLL_MS);
      }
    } finally {
      client.close();
    }
  }

  /** Runs the command line on the server's database and returns its JSON. */
  async command<T>(...args: string[]): Promise<T> {
    const child = launch('cli', [...args, '--json'], this.environment);
    let [output, problems] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (problems += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) {
      throw new Error(`hubgate ${args.join(' ')} ended with ${code}: ${output}${problems}`);
    }
    return JSON.parse(output) as T;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child && this.running) {
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    }
  }
}
