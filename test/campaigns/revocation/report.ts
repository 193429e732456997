import { distributionOf } from '../support/percentiles.js';
import { BOUND_MS, type EventResult, type NodeVerdict } from './watch.js';

export interface ScenarioResult {
  readonly name: string;
  readonly events: readonly EventResult[];
  /** Further figures in words. */
  readonly notes: readonly string[];
  /** What went wrong besides the events. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export function problemsOf({ events, problems }: ScenarioResult): string[] {
  return [...events.flatMap((event) => event.problems), ...problems];
}

/** Prints the distribution of the delays per node and kind; true when the promise held. */
export function report(result: ScenarioResult): boolean {
  const { name, events, notes, seconds } = result;
  const verdicts = events.flatMap(({ nodes }) => nodes);
  const problems = problemsOf(result);
  const requests = verdicts.reduce((sum, verdict) => sum + verdict.requests, 0);
  const unavailable = verdicts.reduce((sum, verdict) => sum + verdict.unavailable, 0);
  print(
    `${name}: ${events.length} events, ${requests} requests of victims, ${unavailable} of them 503 or unanswered, ${seconds} s`,
  );
  if (verdicts.length > 0) {
    print(row('  delay until refused, ms', ['events', 'p50', 'p90', 'p99', 'max', 'accepted after']));
    print(
      figures(
        '  the node that changed it',
        verdicts.filter(({ own }) => own),
      ),
    );
    print(
      figures(
        `  any other node (at most ${BOUND_MS})`,
        verdicts.filter(({ own }) => !own),
      ),
    );
  }
  notes.forEach((note) => print(`  ${note}`));
  problems.slice(0, 20).forEach((problem) => print(`  PROBLEM ${problem}`));
  print(`  ${problems.length === 0 ? 'PASS' : `FAIL (${problems.length} problems)`}`);
  print();
  return problems.length === 0;
}

/** The same by kind of change. */
export function reportKinds({ events }: ScenarioResult): void {
  print(row('  other nodes, by kind of change', ['events', 'p50', 'p90', 'p99', 'max', 'accepted after']));
  for (const kind of new Set(events.map((event) => event.kind))) {
    const verdicts = events.filter((event) => event.kind === kind).flatMap(({ nodes }) => nodes);
    print(
      figures(
        `    ${kind}`,
        verdicts.filter(({ own }) => !own),
      ),
    );
  }
  for (const node of new Set(events.flatMap(({ nodes }) => nodes.map((verdict) => verdict.node)))) {
    const verdicts = events.flatMap(({ nodes }) => nodes).filter((verdict) => verdict.node === node);
    print(
      figures(
        `  ${node}, changes made elsewhere`,
        verdicts.filter(({ own }) => !own),
      ),
    );
    print(
      figures(
        `  ${node}, changes made here`,
        verdicts.filter(({ own }) => own),
      ),
    );
  }
  print();
}

function figures(title: string, verdicts: readonly NodeVerdict[]): string {
  const { count, p50, p90, p99, max } = distributionOf(verdicts.map(({ delay }) => delay));
  const accepted = verdicts.reduce((sum, { acceptedAfter }) => sum + acceptedAfter, 0);
  return row(title, [count, ...[p50, p90, p99, max].map(Math.round), accepted]);
}

function row(title: string, cells: readonly (string | number)[]): string {
  return title.padEnd(44) + cells.map((cell) => String(cell).padStart(8)).join('');
}
