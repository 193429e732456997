import { type Measured } from './rounds.js';

/** A goal, and what was found. */
export interface Verdict {
  readonly goal: string;
  readonly figure: string;
  readonly met: boolean;
}

/** What one case has to say. */
export interface Section {
  readonly title: string;
  /** The first row is its head. */
  readonly table: readonly (readonly string[])[];
  readonly verdicts: readonly Verdict[];
  readonly notes: readonly string[];
}

const COLUMNS = ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs/request', 'share of its throughput', 'share by CPU'];

/** The first is the one that the others are compared with. */
export function speedTable(measured: readonly Measured[]): string[][] {
  const own = measured[0];
  return [
    COLUMNS,
    ...measured.map((one) => [
      one.name,
      number(one.perSecond, 0),
      number(one.p50Milliseconds),
      number(one.p99Milliseconds),
      one.cpuMicroseconds === null ? '' : number(one.cpuMicroseconds, 1),
      one === own ? '' : number(throughputShare(own, one)),
      one === own ? '' : shown(cpuShare(own, one)),
    ]),
  ];
}

/** How much of the other's throughput this one reaches. */
export function throughputShare(own: Measured, other: Measured): number {
  return own.perSecond / other.perSecond;
}

/** The same by the processor time of a request, which other programs on the machine disturb less. */
export function cpuShare(own: Measured, other: Measured): number | null {
  return own.cpuMicroseconds === null || other.cpuMicroseconds === null
    ? null
    : other.cpuMicroseconds / own.cpuMicroseconds;
}

export function atLeast(goal: string, own: Measured, other: Measured, share: number): Verdict {
  const found = throughputShare(own, other);
  const byCpu = cpuShare(own, other);
  const figure = `${number(found)} ×${byCpu === null ? '' : ` (by CPU ${number(byCpu)})`}`;
  return { goal: `${goal}: at least ${share} ×`, figure, met: found >= share };
}

export function atMost(goal: string, found: number, limit: number, unit: string): Verdict {
  const digits = Number.isInteger(found) ? 0 : 2;
  return { goal: `${goal}: at most ${limit}${unit}`, figure: `${number(found, digits)}${unit}`, met: found <= limit };
}

export function voidNotes(measured: readonly Measured[]): string[] {
  return measured
    .filter(({ voidRounds }) => voidRounds > 0)
    .map(({ name, voidRounds }) => `${name}: ${voidRounds} rounds had failed requests and do not count.`);
}

export function number(value: number, digits = 2): string {
  const [whole = '', rest] = value.toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ' ');
  return rest === undefined ? grouped : `${grouped}.${rest}`;
}

function shown(value: number | null): string {
  return value === null ? '' : number(value);
}
