import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { type RunResult } from './run.js';
import { type Section, type Verdict } from './section.js';

const FILE = join('docs', 'benchmarks.md');

const HEAD = `# Benchmarks

Written by \`npm run bench -- --write\`; run it to see what your machine says. Figures compare servers that took turns in
one run: a ratio travels better than a number of requests per second. A share is the throughput of Hubgate divided by that
of the other server; by CPU it is the processor time of a request there divided by that of Hubgate. Every answer was a 2xx;
a round with a failure does not count. Values are medians over the rounds. The reference servers write no log; Hubgate, and
the same without guard, write a line for a request that was refused or slow, as they do unless told otherwise.`;

export function printSection({ title, table, verdicts, notes }: Section): void {
  console.log(`\n${title}`);
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  for (const row of table) {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])));
    console.log(`  ${cells.join('  ')}`);
  }
  notes.forEach((note) => console.log(`  ${note}`));
  verdicts.forEach((verdict) => console.log(`  ${verdictLine(verdict)}`));
}

export function printVerdicts(results: readonly RunResult[]): void {
  for (const { title, sections, failures } of results) {
    console.log(`\n=== ${title}`);
    sections.flatMap(({ verdicts }) => verdicts).forEach((verdict) => console.log(verdictLine(verdict)));
    failures.forEach((failure) => console.log(`NOT MEASURED  ${failure}`));
  }
}

const verdictLine = ({ goal, figure, met }: Verdict): string => `${met ? 'met   ' : 'MISSED'}  ${goal}: ${figure}`;

/** Writes the document; everything in it was measured in this run. */
export async function writeReport(facts: readonly string[], results: readonly RunResult[]): Promise<string> {
  const document = [HEAD, facts.map((fact) => `- ${fact}`).join('\n'), ...results.map(databasePart)];
  const options = { ...(await resolveConfig(FILE)), parser: 'markdown' };
  await writeFile(FILE, await format(document.join('\n\n'), options));
  return FILE;
}

function databasePart({ title: database, sections, failures }: RunResult): string {
  const verdicts = sections.flatMap((section) => section.verdicts);
  const goals = verdicts.map(({ goal, figure, met }) => [goal, figure, met ? 'met' : '**missed**']);
  return [
    `## On ${database}`,
    markdownTable([['goal', 'found', ''], ...goals]),
    ...failures.map((failure) => `Not measured: ${failure}`),
    ...sections.map(({ title, table, notes }) => [`### ${title}`, markdownTable(table), ...notes].join('\n\n')),
  ].join('\n\n');
}

function markdownTable([head, ...rows]: Section['table']): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
