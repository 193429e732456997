import { type DatabaseSync } from '@photostructure/sqlite';
import { TEXT_PATTERNS } from './text-patterns.js';

/** In the message of an error: a result was beyond what a double holds. */
export const NOT_FINITE = 'hub: not finite';

const WHOLE_FROM = 2 ** 52;

type Connection = InstanceType<typeof DatabaseSync>;

/** What statements over lists need and SQLite has not, or has otherwise than servers (decision 0013). */
export function addFunctions(connection: Connection): void {
  const { date, whole, decimal } = TEXT_PATTERNS;
  const add = (name: string, work: (...input: never[]) => unknown): void =>
    connection.function(name, { deterministic: true }, work);
  add('hub_finite', finite);
  add('hub_round', round);
  add(
    'hub_date',
    matching(date, (text) => text.slice(0, 10)),
  );
  add('hub_whole', matching(whole, Number));
  add('hub_decimal', matching(decimal, Number));
}

function finite(value: number | null): number | null {
  if (value !== null && !Number.isFinite(value)) {
    throw new Error(NOT_FINITE);
  }
  return value;
}

/** Half away from zero, in the same steps as on servers. */
function round(value: number | null, digits: number): number | null {
  if (value === null || Math.abs(value) >= WHOLE_FROM / 10 ** digits) {
    return value;
  }
  const power = 10 ** Math.abs(digits);
  const size = Math.abs(value);
  return (
    Math.sign(value) * (digits >= 0 ? Math.floor(size * power + 0.5) / power : Math.floor(size / power + 0.5) * power)
  );
}

function matching<T>(pattern: string, read: (text: string) => T): (text: string | null) => T | null {
  const expression = new RegExp(`^(?:${pattern})$`);
  return (text) => (text !== null && expression.test(text) ? read(text) : null);
}
