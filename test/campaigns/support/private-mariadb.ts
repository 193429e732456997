import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parseDatabaseUrl } from '../../../src/database/database-url.js';
import { createServerDatabase } from '../../../src/database/migrate.js';
import { connectOnce } from '../../../src/database/server-probe.js';
import { endWithUs } from './children.js';
import { freePort } from './free-port.js';

const ACCEPT_WITHIN_MS = 60_000;
const POLL_MS = 10;
const WANTED =
  'A MariaDB of its own was to be started and none is installed: install mariadb-server (it need not run), or name a ' +
  'server with --database-url mariadb://root@127.0.0.1:3306/any.';

/** A MariaDB of one's own in a temporary folder, which may be frozen, killed and started again. */
export class PrivateMariadb {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** Made and accepting connections. @throws Error that says what to install when there is no MariaDB */
  static async create(): Promise<PrivateMariadb> {
    const folder = mkdtempSync(join(tmpdir(), 'hubgate-mariadb-'));
    const made = new PrivateMariadb(folder, await freePort());
    const options = ['--no-defaults', '--auth-root-authentication-method=normal', `--datadir=${join(folder, 'data')}`];
    await promisify(execFile)('mariadb-install-db', options).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new Error(WANTED) : error;
    });
    await made.start();
    return made;
  }

  url(database: string): string {
    return `mariadb://root@127.0.0.1:${this.port}/${database}`;
  }

  async createDatabase(name: string): Promise<string> {
    await createServerDatabase(this.url(name));
    return this.url(name);
  }

  /** Resolves when it accepts connections again. */
  async start(): Promise<void> {
    const { folder, port } = this;
    const place = [`--datadir=${join(folder, 'data')}`, `--socket=${join(folder, 's.sock')}`];
    const own = [`--pid-file=${join(folder, 's.pid')}`, `--log-error=${join(folder, 'log')}`];
    const listen = ['--bind-address=127.0.0.1', `--port=${port}`, `--user=${userInfo().username}`];
    this.child = spawn('mariadbd', ['--no-defaults', ...place, ...own, ...listen], { stdio: 'ignore' });
    endWithUs(this.child);
    const deadline = performance.now() + ACCEPT_WITHIN_MS;
    while (!(await this.accepts())) {
      if (performance.now() > deadline || this.child.exitCode !== null) {
        throw new Error(`MariaDB does not start; see ${join(folder, 'log')}.`);
      }
      await sleep(POLL_MS);
    }
  }

  /** It keeps its connections and answers nothing, until `thaw`. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** Sent before this returns; resolves when the process is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    }
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async accepts(): Promise<boolean> {
    const target = parseDatabaseUrl(this.url('none'));
    if (target.kind === 'sqlite') {
      return false;
    }
    try {
      await (await connectOnce(target, false)).end();
      return true;
    } catch {
      return false;
    }
  }
}
