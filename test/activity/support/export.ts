import { Config, readEnvironment } from '../../../src/config/index.js';
import { type ExportReport, Seals, verifyExport } from '../../../src/modules/activity/index.js';
import { type Client } from '../../support/client.js';
import { TEST_SECRET } from '../../support/test-secret.js';

export const EXPORT = '/v1/hubs/current/activity/export';

export interface Line {
  readonly [name: string]: unknown;
  readonly type: string;
  readonly position?: number | null;
  readonly seal?: string | null;
  readonly row?: Readonly<Record<string, string | null>>;
}

/** The lines of an export as they come, without their ends. */
export async function exported(client: Client, query = ''): Promise<string[]> {
  const { text } = await client.get(`${EXPORT}?${query}`).expect(200);
  const lines = text.split('\n');
  if (lines.pop() !== '') {
    throw new Error('The export does not end with a line.');
  }
  return lines;
}

export const read = (line: string | undefined): Line => JSON.parse(line ?? 'null') as Line;
export const rowsIn = (lines: readonly string[]): Line[] => lines.map(read).filter(({ type }) => type === 'activity');

/** Somebody elsewhere who has the secret and nothing else. */
export function sealsOf(secret = TEST_SECRET): Seals {
  return new Seals(new Config(readEnvironment({ HUBGATE_SECRET: secret, DATABASE_URL: 'sqlite:nowhere.db' })));
}

export async function verifyLines(
  lines: readonly string[],
  anchors: Parameters<typeof verifyExport>[2] = [],
  seals = sealsOf(),
): Promise<ExportReport> {
  return verifyExport(each(lines), seals, anchors);
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
