import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SelectLimitError, type SelectLimits } from '../../src/database/select/select.js';
import { SqliteSelector } from '../../src/database/select/sqlite-selector.js';

const LIMITS: SelectLimits = { timeoutMilliseconds: 10_000, rowsMax: 10, bytesMax: 1000, cellBytes: [] };

let folder: string;
let selector: SqliteSelector;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubgate-selector-'));
  const file = join(folder, 'rows.db');
  new DatabaseSync(file).close();
  selector = new SqliteSelector(file);
});
afterAll(async () => {
  await selector.close();
  rmSync(folder, { recursive: true });
});

describe('a statement after one that was refused', () => {
  it.each<[string, string, Partial<SelectLimits>]>([
    ['for its row', "SELECT 'too long'", { bytesMax: 1 }],
    ['because it cannot be', 'SELECT nothing', {}],
  ])('(%s) is answered, by a process that nobody has ended', async (_, refused, limits) => {
    for (let times = 0; times < 5; times += 1) {
      const refusal = await selector.select(refused, [], { ...LIMITS, ...limits }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(limits.bytesMax === 1 ? SelectLimitError : Error);
      expect(await selector.select('SELECT 1', [], LIMITS)).toEqual({ rows: [[1]], more: false });
    }
  });
});
