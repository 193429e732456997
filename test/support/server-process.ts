import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TEST_SECRET } from './test-secret.js';

const START_WITHIN_MS = 60_000;

/** The server as it is really started: a process of its own, whose every line of output is kept. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly chunks: readonly Buffer[],
    readonly url: string,
    private readonly dataDir: string,
  ) {}

  static async start(databaseUrl: string, environment: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
    const dataDir = mkdtempSync(join(tmpdir(), 'hubgate-process-'));
    const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));
    const own = { DATABASE_URL: databaseUrl, HUBGATE_DATA_DIR: dataDir, HUBGATE_SECRET: TEST_SECRET, PORT: '0' };
    const child = spawn(process.execPath, [main], { env: { ...process.env, ...own, ...environment } });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    return new ServerProcess(child, chunks, await listening(child, chunks), dataDir);
  }

  /** Everything that was written to standard output and standard error so far. */
  get output(): string {
    return Buffer.concat(this.chunks).toString();
  }

  /** SIGSTOP and SIGCONT freeze and thaw it; SIGKILL ends it without a word. */
  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Asks the process to stop and waits until it has written everything. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGTERM');
    await closed;
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** The address that the log names once the server listens. */
function listening(child: ChildProcess, chunks: readonly Buffer[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const output = () => Buffer.concat(chunks).toString();
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`The server did not start in time: ${output()}`));
    }, START_WITHIN_MS);
    const look = () => {
      const address = /"listening":"([^"]+)"/.exec(output())?.[1];
      if (address) {
        clearTimeout(timer);
        child.stdout?.off('data', look);
        resolve(`http://${address}`);
      }
    };
    child.stdout?.on('data', look);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The server ended with ${code}: ${output()}`));
    });
  });
}
