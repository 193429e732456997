import { Worker } from 'node:worker_threads';
import { constants, DatabaseSync } from '@photostructure/sqlite';
import { bindableNumber } from '../sqlite-numbers.js';
import { RowCollector, type SelectLimit, SelectLimitError, type SelectLimits } from './select.js';
import { addFunctions, NOT_FINITE } from './sqlite-functions.js';

/**
 * The process that runs SELECTs on SQLite. A statement cannot be stopped from within: this process is ended instead,
 * by the server or, when that is gone, by a watchdog in a thread of its own. Its memory has a limit, too.
 */
export interface ChildSettings {
  readonly file: string;
  readonly heapBytesMax: number;
}

export interface ChildJob {
  readonly sql: string;
  readonly parameters: readonly (string | number | Uint8Array)[];
  readonly limits: SelectLimits;
}

export type ChildAnswer =
  | { readonly rows: readonly (readonly unknown[])[]; readonly more: boolean }
  | { readonly limit: SelectLimit }
  | { readonly busy: true }
  | { readonly failure: string };

const BUSY_MILLISECONDS = 1000;
const CACHE_KIBIBYTES = 16_384;
/** How much later than the server's own time the watchdog ends this process. */
const WATCHDOG_GRACE_MILLISECONDS = 2000;

/** The last is what SQLite calls its own results within a statement. */
const READABLE = ['list', 'list_row', 'list_index_number', 'list_index_text', ''];

const settings = JSON.parse(process.argv[2] ?? '{}') as ChildSettings;
const connection = open();
const alarm = new Int32Array(new SharedArrayBuffer(8));
const watchdog = new Worker(new URL('./sqlite-watchdog.js', import.meta.url), { workerData: alarm });
watchdog.unref();

process.on('disconnect', () => process.exit());
process.on('message', (job: ChildJob) => process.send?.(answer(job)));

function open(): InstanceType<typeof DatabaseSync> {
  const opened = new DatabaseSync(settings.file, { readOnly: true, timeout: BUSY_MILLISECONDS });
  opened.exec('PRAGMA query_only = ON');
  opened.exec('PRAGMA temp_store = MEMORY');
  opened.exec(`PRAGMA cache_size = -${CACHE_KIBIBYTES}`);
  opened.exec(`PRAGMA hard_heap_limit = ${settings.heapBytesMax}`);
  opened.exec('PRAGMA case_sensitive_like = ON');
  addFunctions(opened);
  opened.setAuthorizer((action, table) => {
    const { SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_OK, SQLITE_DENY } = constants;
    const harmless = action === SQLITE_SELECT || action === SQLITE_FUNCTION;
    const readable = action === SQLITE_READ && READABLE.includes(table ?? '');
    return harmless || readable ? SQLITE_OK : SQLITE_DENY;
  });
  return opened;
}

function answer({ sql, parameters, limits }: ChildJob): ChildAnswer {
  arm(limits.timeoutMilliseconds + WATCHDOG_GRACE_MILLISECONDS);
  try {
    return collect(sql, parameters, limits);
  } catch (error) {
    return failed(error as Error & { errcode?: number });
  } finally {
    arm(0);
  }
}

function collect(sql: string, parameters: ChildJob['parameters'], limits: SelectLimits): ChildAnswer {
  const statement = connection.prepare(sql);
  statement.setReturnArrays(true);
  const collector = new RowCollector(limits);
  for (const row of statement.iterate(
    ...parameters.map((one) => (typeof one === 'number' ? bindableNumber(one) : one)),
  )) {
    if (!collector.take(row as unknown[])) {
      break;
    }
  }
  const { rows, more } = collector;
  return { rows, more };
}

function failed(error: Error & { errcode?: number }): ChildAnswer {
  if (error instanceof SelectLimitError) {
    return { limit: error.limit };
  }
  if (error.message.includes(NOT_FINITE)) {
    return { limit: 'number' };
  }
  if (/out of memory|too big/.test(error.message)) {
    return { limit: 'memory' };
  }
  return /locked|busy/.test(error.message) ? { busy: true } : { failure: error.message };
}

/** In so many milliseconds the watchdog ends the process; 0 calls it off. */
function arm(milliseconds: number): void {
  Atomics.store(alarm, 1, milliseconds);
  Atomics.add(alarm, 0, 1);
  Atomics.notify(alarm, 0);
}
