import { shell } from './shell.js';

/** How a command answers. In JSON mode the object is the only thing on standard output. */
export interface OutputOptions {
  readonly json?: boolean;
}

export function answer(options: OutputOptions, result: object, lines: readonly string[]): void {
  const text = options.json ? JSON.stringify(result) : lines.join('\n');
  shell().stdout(`${text}\n`);
}

/** Columns of equal width, the head first. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
