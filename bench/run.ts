import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type DatabaseName, type Options } from './options.js';
import { type Section } from './section.js';

export interface RunOrder extends Pick<Options, 'only' | 'plan' | 'serverUrl'> {
  readonly database: DatabaseName;
  /** Its name and version. */
  readonly title: string;
}

export interface RunResult {
  readonly title: string;
  readonly sections: Section[];
  /** Cases that could not be measured, and why. */
  readonly failures: string[];
}

/** Runs the cases on one database. */
export function runDatabase(order: RunOrder): Promise<RunResult> {
  const program = fileURLToPath(new URL('database-run.js', import.meta.url));
  const kind = order.database === 'sqlite' ? 'sqlite:none' : order.serverUrl;
  const environment = { ...withoutSettings(process.env), DATABASE_URL: kind, BENCH_ORDER: JSON.stringify(order) };
  return new Promise((resolve, reject) => {
    const child = fork(program, { env: environment });
    let result: RunResult | undefined;
    child.on('message', (message) => (result = message as RunResult));
    child.on('error', reject);
    child.on('exit', (code) =>
      result ? resolve(result) : reject(new Error(`The measurements on ${order.database} ended with ${code}.`)),
    );
  });
}

/** The server is measured with its defaults, whatever this shell has set. */
function withoutSettings(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = ['HOST', 'TRUSTED_PROXIES', 'BASE_PATH', 'PUBLIC_URL', 'ACCESS_TOKEN_TTL_SECONDS', 'LOG_LEVEL'];
  const left = Object.entries(variables).filter(([name]) => !name.startsWith('HUBGATE_') && !own.includes(name));
  return Object.fromEntries(left);
}
