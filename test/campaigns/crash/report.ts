import { type Category, CATEGORIES, type Finding, Findings } from './findings.js';
import { type History, type Operation } from './history.js';
import { type Aim, AIMS } from './killer.js';

export const READY_WITHIN_MS = 5000;
const DETAILS_MAX = 40;
const SLOW_MAX = 5;

/** What happened on one database, and whether it may pass. */
export class Report {
  readonly findings = new Findings();
  private readonly kills = new Map<string, number>();
  private readonly recoveries = new Map<string, number[]>();
  private readonly waits: number[] = [];
  private operations: readonly Operation[] = [];
  private things = 0;

  constructor(readonly name: string) {}

  killed(aim: Aim): void {
    this.count(`server, ${AIMS[aim]}`);
  }

  killedDatabase(aim: Aim): void {
    this.count(`database, ${AIMS[aim]}`);
  }

  find(...findings: readonly Finding[]): void {
    this.findings.add(...findings);
  }

  /** Milliseconds from `began` to now. */
  recovered(what: string, began: number): void {
    this.recoveries.set(what, [...(this.recoveries.get(what) ?? []), performance.now() - began]);
  }

  /** Milliseconds of a start in which the server had no processor. */
  waited(milliseconds: number): void {
    this.waits.push(milliseconds);
  }

  took({ operations, things }: History): void {
    this.operations = operations;
    this.things = things.length;
  }

  get acknowledged(): number {
    return this.operations.filter(({ outcome }) => outcome === 'acknowledged').length;
  }

  get total(): { server: number; database: number } {
    const sum = (prefix: string): number =>
      [...this.kills].reduce((total, [name, count]) => total + (name.startsWith(prefix) ? count : 0), 0);
    return { server: sum('server'), database: sum('database') };
  }

  /** Too slow is a finding too, whatever made the machine slow. */
  get passed(): boolean {
    return this.findings.all.length === 0 && this.slow().length === 0;
  }

  private slow(): Finding[] {
    return [...this.recoveries].flatMap(([what, times]) =>
      times
        .filter((time) => time > READY_WITHIN_MS)
        .map((time): Finding => ({ category: 'slow', detail: `${what}: ${Math.round(time)} ms` })),
    );
  }

  lines(): string[] {
    return [
      `--- ${this.name}`,
      ...[...this.kills].map(([what, count]) => `kills        ${String(count).padStart(5)}  ${what}`),
      ...this.operationLines(),
      ...[...this.recoveries].map(([what, times]) => `recovery     ${distribution(times)}  ${what}`),
      `             ${distribution(this.waits)}  in the starts: waiting for a processor that others used`,
      ...this.verdictLines(),
      ...[...this.findings.all.slice(0, DETAILS_MAX), ...this.slow().slice(0, SLOW_MAX)].map(
        ({ category, detail }) => `  ${category}: ${detail}`,
      ),
      `${this.name}: ${this.passed ? 'PASS' : 'FAIL'}`,
    ];
  }

  private operationLines(): string[] {
    const of = (outcome: Operation['outcome']): Operation[] =>
      this.operations.filter((operation) => operation.outcome === outcome);
    const unknown = of('unknown');
    const happened = unknown.filter((operation) => operation.happened === true).length;
    const troubles = tally(unknown.map(({ status }) => (status === null ? 'no answer' : String(status))));
    const verified = this.operations.filter(({ happened: known }) => known !== null).length;
    return [
      `operations   ${this.operations.length} sent: ${of('acknowledged').length} acknowledged, ${unknown.length} unknown ` +
        `(${troubles}; ${happened} of them had taken place), ${of('refused').length} refused; ${verified} verified, ` +
        `on ${this.things} things`,
      `by kind      ${tally(this.operations.map(({ name }) => name))}`,
    ];
  }

  private verdictLines(): string[] {
    const { findings } = this;
    const other = (Object.keys(CATEGORIES) as Category[]).filter((one) => !['lost', 'half', 'activity'].includes(one));
    return [
      `lost ${findings.count('lost')}, half-applied ${findings.count('half')}, ` +
        `activity missing or wrong ${findings.count('activity')}, ` +
        other.map((one) => `${one} ${one === 'slow' ? this.slow().length : findings.count(one)}`).join(', '),
    ];
  }

  private count(what: string): void {
    this.kills.set(what, (this.kills.get(what) ?? 0) + 1);
  }
}

function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  names.forEach((name) => counts.set(name, (counts.get(name) ?? 0) + 1));
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
}

function distribution(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return `${sorted.length} times, ms: median ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)}`;
}
