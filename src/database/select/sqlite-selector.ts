import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UnavailableError } from '../../common/errors/index.js';
import { FileHeldError } from '../database-errors.js';
import { SelectLimitError, type SelectedRows, type SelectLimits, type Selector } from './select.js';
import { type ChildAnswer, type ChildJob, type ChildSettings } from './sqlite-child.js';

const CHILD = fileURLToPath(new URL('./sqlite-child.js', import.meta.url));
/** For sorting, grouping and copies of lists; there are no temporary files. */
const HEAP_BYTES_MAX = 256 * 1024 * 1024;
const SCRIPT_MEBIBYTES_MAX = 128;
const IDLE_MILLISECONDS = 60_000;

/** One process for each statement that runs at once; they are made when needed, kept for a while, and replaced when they end. */
export class SqliteSelector implements Selector {
  readonly #children = new Set<ChildProcess>();
  readonly #idle: ChildProcess[] = [];
  #closed = false;

  constructor(private readonly file: string) {}

  /** The processes that there are. */
  get processIds(): readonly number[] {
    return [...this.#children].flatMap(({ pid }) => pid ?? []);
  }

  async select(sql: string, parameters: readonly unknown[], limits: SelectLimits): Promise<SelectedRows> {
    if (this.#closed) {
      throw new UnavailableError('The server is stopping.');
    }
    const child = this.#idle.pop() ?? this.#start();
    try {
      const rows = rowsOf(await ask(child, { sql, parameters: parameters as ChildJob['parameters'], limits }));
      this.#rest(child);
      return rows;
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const ended = [...this.#children].map((child) => new Promise((resolve) => child.once('exit', resolve)));
    this.#children.forEach((child) => child.kill('SIGKILL'));
    await Promise.all(ended);
  }

  #start(): ChildProcess {
    const settings: ChildSettings = { file: this.file, heapBytesMax: HEAP_BYTES_MAX };
    // Of the server's environment, which may hold secrets, only what Windows needs.
    const { SystemRoot } = process.env;
    const child = fork(CHILD, [JSON.stringify(settings)], {
      env: SystemRoot === undefined ? {} : { SystemRoot },
      execArgv: [`--max-old-space-size=${SCRIPT_MEBIBYTES_MAX}`, '--no-warnings'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#children.add(child);
    child.on('error', () => {});
    child.once('exit', () => this.#forget(child));
    return child;
  }

  /** It does not keep the server from ending. */
  #rest(child: ChildProcess): void {
    if (!child.connected) {
      return;
    }
    this.#idle.push(child);
    const timer = setTimeout(() => {
      if (this.#idle.includes(child)) {
        this.#idle.splice(this.#idle.indexOf(child), 1);
        child.kill('SIGKILL');
      }
    }, IDLE_MILLISECONDS).unref();
    child.once('message', () => clearTimeout(timer));
  }

  #forget(child: ChildProcess): void {
    this.#children.delete(child);
    const index = this.#idle.indexOf(child);
    if (index >= 0) {
      this.#idle.splice(index, 1);
    }
  }
}

function ask(child: ChildProcess, job: ChildJob): Promise<ChildAnswer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(() => reject(new SelectLimitError('time'))), job.limits.timeoutMilliseconds);
    const answered = (answer: unknown): void => finish(() => resolve(answer as ChildAnswer));
    const ended = (): void => finish(() => reject(new UnavailableError('The statement was lost. Send it again.')));
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      child.off('message', answered);
      child.off('exit', ended);
      settle();
    };
    child.once('message', answered);
    child.once('exit', ended);
    child.send(job, (error) => error && ended());
  });
}

function rowsOf(answer: ChildAnswer): SelectedRows {
  if ('rows' in answer) {
    return answer;
  }
  if ('limit' in answer) {
    throw new SelectLimitError(answer.limit);
  }
  throw 'busy' in answer ? new FileHeldError('The database is busy.') : new Error(`A SELECT failed: ${answer.failure}`);
}
