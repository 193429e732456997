import { InvalidInputError } from '../../common/errors/index.js';

export const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;
const DAYS_MAX = 366;

/** Days since 1970-01-01, UTC, both of them within. */
export interface DayRange {
  readonly from: number;
  readonly to: number;
}

/** What changed on a day; day 0 stands for all days before the range. */
export interface DayChange {
  readonly day: number;
  readonly delta: number;
}

/** `2026-03-01` as a day; null for one that does not exist. */
export function dayOf(text: string): number | null {
  const time = Date.parse(`${text}T00:00:00.000Z`);
  return Number.isNaN(time) || !new Date(time).toISOString().startsWith(text) ? null : time / DAY_MS;
}

export function timeOf(day: number): string {
  return new Date(day * DAY_MS).toISOString();
}

/**
 * The days that are asked for, as far as the hub has been there; the last thirty unless said.
 * @param since the first day of the hub
 */
export function rangeOf(filter: Readonly<Record<string, string[]>>, since: number, today: number): DayRange {
  const to = Math.min(asked(filter, 'to') ?? today, today);
  const from = asked(filter, 'from') ?? to - USUAL_DAYS + 1;
  if (from > to) {
    throw refusal('from', 'filter[from] is after filter[to], or after today.');
  }
  const start = Math.max(from, since);
  if (to - start >= DAYS_MAX) {
    throw refusal('from', `Ask for at most ${DAYS_MAX} days at once.`);
  }
  return { from: start, to };
}

/** How many there were at the end of each day. */
export function runningTotals(changes: readonly DayChange[], { from, to }: DayRange): number[] {
  const byDay = changesByDay(changes);
  let total = byDay.get(0) ?? 0;
  return daysOf({ from, to }).map((day) => (total += byDay.get(day) ?? 0));
}

/** How much happened on each day. */
export function perDay(changes: readonly DayChange[], range: DayRange): number[] {
  const byDay = changesByDay(changes);
  return daysOf(range).map((day) => byDay.get(day) ?? 0);
}

export function daysOf({ from, to }: DayRange): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function changesByDay(changes: readonly DayChange[]): Map<number, number> {
  return new Map(changes.map(({ day, delta }) => [day, delta]));
}

function asked(filter: Readonly<Record<string, string[]>>, name: string): number | null {
  const text = filter[name]?.[0];
  if (text === undefined) {
    return null;
  }
  const day = dayOf(text);
  if (day === null) {
    throw refusal(name, `filter[${name}] is no day that exists; write it like 2026-03-01.`);
  }
  return day;
}

function refusal(name: string, detail: string): InvalidInputError {
  return new InvalidInputError(detail, { source: `/query/filter/${name}` });
}
