import { parseArgs } from 'node:util';
import { type Scenario } from './scenario.js';

export interface Settings {
  /** Any database on the server to use; null: a private MariaDB. */
  readonly databaseUrl: string | null;
  /** Events of the plain scenario. */
  readonly events: number;
  readonly scenarios: readonly Scenario[];
}

export const USAGE = `npm run prove:revocation -- [options]
  --database-url URL  a server to make a fresh database on: mariadb://user@host:port/any or mysql://…
                      (default: a private MariaDB in a temporary folder; without it, faults of the server are left out)
  --events N          events of the plain scenario (default 560)
  --scenario NAME     only this one; may be repeated`;

/** @throws Error that says what would be right */
export function readSettings(args: readonly string[], known: readonly Scenario[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'database-url': { type: 'string' },
      events: { type: 'string', default: '560' },
      scenario: { type: 'string', multiple: true, default: known.map(({ name }) => name) },
    },
  });
  const events = Number(values.events);
  if (!Number.isInteger(events) || events < 1) {
    throw new Error('--events must be a whole number above 0.');
  }
  const scenarios = values.scenario.map((wanted) => {
    const found = known.find(({ name }) => name === wanted);
    if (!found) {
      throw new Error(`There is no scenario "${wanted}"; there are ${known.map(({ name }) => name).join(', ')}.`);
    }
    return found;
  });
  return { databaseUrl: values['database-url'] ?? null, events, scenarios };
}
