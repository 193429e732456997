import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { runCli } from '../../../src/cli/program.js';
import { TEST_SECRET } from '../../support/test-app.js';
import { testDatabase } from '../../support/test-database.js';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const CLI = fileURLToPath(new URL('../../../src/cli.js', import.meta.url));

type Runner = (args: readonly string[], environment: NodeJS.ProcessEnv) => Promise<Finished>;

/** The command as it is really run: a process of its own, with nothing of our environment that configures it. */
export function hubgate(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Finished> {
  const { PATH, SystemRoot, TEMP, TMPDIR } = process.env;
  const child = spawn(process.execPath, [CLI, ...args], { env: { PATH, SystemRoot, TEMP, TMPDIR, ...environment } });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}

/** The same command in this process, in which everything is loaded already: a tenth of the time. */
async function hubgateHere(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Finished> {
  const output = { stdout: '', stderr: '' };
  const code = await runCli(['node', 'hubgate', ...args], {
    env: environment,
    stdout: (text) => (output.stdout += text),
    stderr: (text) => (output.stderr += text),
  });
  return { code, ...output };
}

/** The entities of this process have the column types of one kind of database: of any other needs a process. */
const fitsHere: Runner = (args, environment) =>
  (kindOf(environment) === kindOf(process.env) ? hubgateHere : hubgate)(args, environment);

const kindOf = ({ DATABASE_URL = 'sqlite:' }: NodeJS.ProcessEnv): string => DATABASE_URL.replace(/:.*/s, '');

/** The command on one database. */
export class Cli {
  constructor(
    readonly environment: NodeJS.ProcessEnv,
    private readonly runner: Runner = fitsHere,
  ) {}

  /** The same as a process of its own: what a shell sees, and what several processes do at once. */
  get spawned(): Cli {
    return new Cli(this.environment, hubgate);
  }

  run(...args: string[]): Promise<Finished> {
    return this.runner(args, this.environment);
  }

  /** Runs with `--json` and expects success; the object is all that standard output holds. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...args, '--json');
    if (code !== 0 || stderr !== '' || stdout.trimEnd().includes('\n')) {
      throw new Error(`hubgate ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    }
    return JSON.parse(stdout) as T;
  }

  with(environment: NodeJS.ProcessEnv): Cli {
    return new Cli({ ...this.environment, ...environment }, this.runner);
  }
}

export interface Bootstrapped {
  readonly hub: { readonly id: string; readonly name: string };
  readonly api_key: { readonly id: string; readonly secret: string };
}

/** An empty folder for the tests of a file. */
export function useFolder(): { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'hubgate-cli-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return { path };
}

/** An empty database for the tests of a file (the server's when TEST_DATABASE_URL is set), and the command on it. */
export function useCli(): { readonly cli: Cli; readonly databaseUrl: string } {
  const folder = useFolder();
  const holder = { cli: new Cli({}), databaseUrl: '' };
  let drop = async (): Promise<void> => {};
  beforeAll(async () => {
    const database = await testDatabase();
    ({ drop } = database);
    holder.databaseUrl = database.url;
    const settings = { DATABASE_URL: database.url, HUBGATE_DATA_DIR: folder.path, HUBGATE_SECRET: TEST_SECRET };
    holder.cli = new Cli(settings);
  });
  afterAll(() => drop());
  return holder;
}
