import { parseArgs } from 'node:util';

export type DatabaseName = 'sqlite' | 'mariadb';

/** How long and how much is measured. */
export interface Plan {
  readonly rounds: number;
  readonly roundSeconds: number;
  readonly warmSeconds: number;
  /** Connections that are kept busy at once. */
  readonly connections: number;
  /** Hubs of the big installation; each has 10 roles and 100 keys. */
  readonly hubs: number;
  /** Rows of the big list. */
  readonly rows: number;
}

export interface Options {
  /** Names of cases; empty = all. */
  readonly only: readonly string[];
  readonly databases: readonly DatabaseName[];
  readonly serverUrl: string;
  /** Somebody named the server, so that it must answer. */
  readonly serverNamed: boolean;
  readonly write: boolean;
  readonly plan: Plan;
}

const FULL: Plan = { rounds: 5, roundSeconds: 3, warmSeconds: 2, connections: 32, hubs: 10_000, rows: 1_000_000 };
const QUICK: Plan = { ...FULL, rounds: 2, roundSeconds: 1, warmSeconds: 1, hubs: 1_500, rows: 100_000 };

const USUAL_SERVER = 'mariadb://root@127.0.0.1:3306';

export const USAGE = `npm run bench -- [options]

  --only NAME[,NAME]            these cases only
  --database sqlite|mariadb|both  default: both
  --database-url URL            the server, without a database: default ${USUAL_SERVER}
  --quick                       short rounds and a tenth of the data: to try the program, not to publish
  --write                       write docs/benchmarks.md
  --help                        this text and the names of the cases

Databases named hubgate_bench_… are made on the server. What takes long to make is kept for the next run.`;

/** @throws Error with a sentence for whoever typed it */
export function readOptions(args: readonly string[], cases: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      database: { type: 'string', default: 'both' },
      'database-url': { type: 'string' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const url = values['database-url'];
  return values.help
    ? 'help'
    : {
        only: namesOf(values.only, cases),
        databases: databasesOf(values.database),
        serverUrl: (url ?? USUAL_SERVER).replace(/^(\w+:\/\/[^/]*).*$/, '$1'),
        serverNamed: url !== undefined || values.database === 'mariadb',
        write: values.write,
        plan: values.quick ? QUICK : FULL,
      };
}

function namesOf(text: string | undefined, known: readonly string[]): string[] {
  const names = text?.split(',') ?? [];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`--only: there is no case "${unknown}", only ${known.join(', ')}.`);
  }
  return names;
}

function databasesOf(name: string): DatabaseName[] {
  switch (name) {
    case 'sqlite':
    case 'mariadb':
      return [name];
    case 'both':
      return ['sqlite', 'mariadb'];
    default:
      throw new Error(`--database is sqlite, mariadb or both, not "${name}".`);
  }
}
