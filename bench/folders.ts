import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function made(...parts: string[]): string {
  const folder = join(tmpdir(), 'hubgate-bench', ...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** What is kept from run to run. */
export const cacheFolder = (): string => made('cache');

/** What this run needs; may go with it. */
export const scratchFolder = (): string => made(`run-${process.ppid}-${process.pid}`);
