import { beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { canonicalJson } from '../../src/common/canonical-json.js';
import { newId } from '../../src/common/ids.js';
import { type ExportReport } from '../../src/modules/activity/index.js';
import { type TestHub } from '../support/factory.js';
import { tamper } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';
import { anchorOf, record, seal, sealedHub } from './support/chain.js';
import { exported, type Line, read, sealsOf, verifyLines } from './support/export.js';

const test = useTestApp();
const SEALED = 6;
/** Header, six sealed rows, then unsealed ones, and the trailer. */
const THIRD = 3;

let hub: TestHub;
let lines: readonly string[];
let others: readonly string[];

async function exportOf(of: TestHub, query?: string): Promise<string[]> {
  return exported(await test.app.create.caller({ hub: of, capabilities: ['hubs-auditlog-view'] }), query);
}

beforeAll(async () => {
  hub = await sealedHub(test.app, SEALED);
  await record(test.app, hub, 2, 'two\u2028lines');
  lines = await exportOf(hub);
  others = await exportOf(await sealedHub(test.app, SEALED));
}, 60_000);

const brokenOf = async (changed: readonly string[]): Promise<ExportReport['broken']> =>
  (await verifyLines(changed)).broken;
const put = (index: number, line: string): string[] => lines.map((old, at) => (at === index ? line : old));
const without = (index: number): string[] => lines.filter((_, at) => at !== index);
const edited = (index: number, edit: (line: Record<string, unknown>) => object): string[] =>
  put(index, canonicalJson(edit({ ...read(lines[index]) })));
const flipHex = (text: string): string => (text.startsWith('0') ? '1' : '0') + text.slice(1);

/** Another value of the same kind. */
function other(value: unknown): unknown {
  if (typeof value === 'string') {
    return /^[0-9a-f]+$/.test(value) ? flipHex(value) : `${value}x`;
  }
  if (typeof value === 'number') {
    return value + 1;
  }
  return value === null ? 'x' : null;
}

function fieldsOf(line: Line): string[] {
  return Object.entries(line).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? Object.keys(value).map((part) => `${name}.${part}`) : [name],
  );
}

function change(line: Record<string, unknown>, field: string, value?: unknown): object {
  const [name = '', part] = field.split('.');
  if (part === undefined) {
    return { ...line, [name]: value ?? other(line[name]) };
  }
  const inner = line[name] as Record<string, unknown>;
  return { ...line, [name]: { ...inner, [part]: value ?? other(inner[part]) } };
}

describe('an export that nobody touched', () => {
  it('is intact, with everything counted', async () => {
    const report = await verifyLines(lines);

    expect(report.broken).toBeNull();
    expect([report.sealed, report.unsealed]).toEqual([SEALED, lines.length - SEALED - 2]);
    expect(report.unsealed).toBeGreaterThanOrEqual(3);
  });
});

describe('a field that is changed', () => {
  it('is found in the line that it is in, whichever it is', async () => {
    const missed: string[] = [];
    for (const index of [0, THIRD, SEALED + 1, lines.length - 1]) {
      const fields = fieldsOf(read(lines[index]));
      expect(fields.length).toBeGreaterThan(4);
      for (const field of fields) {
        const found = await brokenOf(edited(index, (line) => change(line, field)));
        missed.push(...(found?.line === index + 1 ? [] : [`${index}: ${field}: ${JSON.stringify(found)}`]));
      }
    }
    expect(missed).toEqual([]);
  });

  it('is found in every line, also when a field is added or left out', async () => {
    for (const index of lines.keys()) {
      expect((await brokenOf(edited(index, (line) => ({ ...line, extra: 1 }))))?.line).toBe(index + 1);
      expect((await brokenOf(edited(index, (line) => ({ ...line, type: undefined }))))?.line).toBe(index + 1);
    }
  });

  it('is named with its row and its place in the chain', async () => {
    const { position, row } = read(lines[THIRD]);
    const found = await brokenOf(edited(THIRD, (line) => change(line, 'row.body', row?.['body']?.replace('ä', 'a'))));

    expect(found).toEqual({
      line: THIRD + 1,
      position,
      rowId: row?.['id'],
      problem: expect.stringContaining('not what was sealed'),
    });
  });

  it('is found also where only the writing differs, or a name stands twice', async () => {
    const line = lines[THIRD] ?? '';
    for (const changed of [
      `${line} `,
      line.replace(':', ': '),
      line.replace('{', '{"type":"header",'),
      `${line}\r`,
      '',
    ]) {
      expect(await brokenOf(put(THIRD, changed))).toMatchObject({
        line: THIRD + 1,
        problem: 'it is not a line of an export',
      });
    }
  });

  it('is found wherever a single character is another', async () => {
    const place = fc
      .nat(lines.length - 1)
      .chain((index) => fc.tuple(fc.constant(index), fc.nat((lines[index] ?? '').length - 1)));
    await fc.assert(
      fc.asyncProperty(place, fc.constantFrom('0', 'f', '"', ' ', 'Z', 'ä'), async ([index, at], letter) => {
        const line = lines[index] ?? '';
        fc.pre(line[at] !== letter);
        const found = await brokenOf(put(index, line.slice(0, at) + letter + line.slice(at + 1)));
        expect(found?.line).toBe(index + 1);
      }),
      { numRuns: 400 },
    );
  });
});

describe('lines that are not where they were', () => {
  it('are found when one is removed: at the line that follows', async () => {
    for (const index of lines.keys()) {
      const found = await brokenOf(without(index));
      expect(found?.line).toBe(index + 1);
    }
    expect((await brokenOf(without(THIRD)))?.problem).toMatch(/the row is missing; the next one is .* at position 4/);
  });

  it('are found when two are swapped, or one is there twice', async () => {
    for (let index = 0; index < lines.length - 1; index += 1) {
      const [one, two] = [lines[index] ?? '', lines[index + 1] ?? ''];
      const swapped = lines.map((line, at) => (at === index ? two : at === index + 1 ? one : line));
      expect((await brokenOf(swapped))?.line).toBe(index + 1);
      const twice = [...lines.slice(0, index + 1), one, ...lines.slice(index + 1)];
      expect((await brokenOf(twice))?.line).toBe(index + 2);
    }
    const again = [...lines.slice(0, THIRD + 1), lines[THIRD] ?? '', ...lines.slice(THIRD + 1)];
    expect((await brokenOf(again))?.problem).toContain('twice');
  });

  it('are found when the end is cut off, wherever', async () => {
    for (let length = 0; length < lines.length; length += 1) {
      const found = await brokenOf(lines.slice(0, length));
      expect(found).toMatchObject({ line: length + 1, problem: expect.stringContaining('cut off') });
    }
  });

  it('are found when the end is cut off and the last line put behind, with fitting counts', async () => {
    const trailer = read(lines.at(-1));
    const shorter = canonicalJson({ ...trailer, unsealed: Number(trailer['unsealed']) - 1 });
    for (const last of [lines.at(-1) ?? '', shorter]) {
      const found = await brokenOf([...lines.slice(0, -2), last]);
      expect(found?.line).toBe(lines.length - 1);
    }
  });

  it('are found when something follows the end', async () => {
    expect((await brokenOf([...lines, lines.at(-1) ?? '']))?.line).toBe(lines.length + 1);
    expect((await brokenOf([...lines, ...lines]))?.line).toBe(lines.length + 1);
  });
});

describe('lines of another export', () => {
  it('of another hub are named as such', async () => {
    const foreign = read(others[THIRD]);
    const found = await brokenOf(put(THIRD, others[THIRD] ?? ''));

    expect(found).toMatchObject({ line: THIRD + 1, rowId: foreign.row?.['id'] });
    expect(found?.problem).toBe(`it is a row of hub ${foreign.row?.['hub_id']}`);
    expect((await brokenOf([others[0] ?? '', ...lines.slice(1)]))?.line).toBe(2);
  });

  it('of the same hub, made later, fit nowhere although their seals do', async () => {
    const later = await exportOf(hub);
    expect(read(later[THIRD]).seal).toBe(read(lines[THIRD]).seal);

    expect((await brokenOf(put(THIRD, later[THIRD] ?? '')))?.line).toBe(THIRD + 1);
    expect((await brokenOf([...lines.slice(0, -1), later.at(-1) ?? '']))?.line).toBe(lines.length);
    expect((await brokenOf([later[0] ?? '', ...lines.slice(1)]))?.line).toBe(2);
  });

  it('of a period do not pass for the whole, nor the whole for a period', async () => {
    const header = read(lines[0]);
    const start = read(lines[2]);
    const cut = { ...header, from: '2020-01-01T00:00:00.000Z', after: { position: 2, seal: start.seal } };

    expect((await brokenOf([canonicalJson(cut), ...lines.slice(3)]))?.line).toBe(1);
  });

  it('made with another secret are not taken, and say why', async () => {
    const { broken } = await verifyLines(lines, [], sealsOf('another secret of at least 32 characters'));

    expect(broken).toMatchObject({ line: 1, problem: expect.stringContaining('another HUBGATE_SECRET') });
  });

  it('are nothing to somebody who sends something else altogether', async () => {
    for (const text of ['', '{}', '[]', 'null', '{"type":"header"}', '{"mac":"00","type":"activity"}']) {
      expect((await brokenOf([text]))?.line).toBe(1);
    }
  });
});

describe('a database that was tampered with before the export', () => {
  const sealedLines = async (sql: string, ...parameters: unknown[]) => {
    const own = await sealedHub(test.app, SEALED);
    await tamper(test.app, [sql, [...parameters, own.id]]);
    return { own, report: await verifyLines(await exportOf(own)) };
  };

  it.each<[string, string, unknown[], number, RegExp]>([
    [
      'a changed row',
      'UPDATE activity SET status = ? WHERE seal_position = 3 AND hub_id = ?',
      ['info'],
      4,
      /not what was sealed/,
    ],
    [
      'a row without its seal',
      'UPDATE activity SET seal = NULL WHERE seal_position = 3 AND hub_id = ?',
      [],
      4,
      /not what was sealed/,
    ],
    ['a removed row', 'DELETE FROM activity WHERE seal_position = 3 AND hub_id = ?', [], 4, /the row is missing/],
    ['a removed first row', 'DELETE FROM activity WHERE seal_position = 1 AND hub_id = ?', [], 2, /the row is missing/],
    [
      'a removed end',
      'DELETE FROM activity WHERE seal_position = 6 AND hub_id = ?',
      [],
      0,
      /the database was set back/,
    ],
    [
      'a changed head',
      'UPDATE activity_head SET sealed_at = 1 WHERE hub_id = ?',
      [],
      1,
      /head of the chain was changed/,
    ],
    ['a removed head', 'DELETE FROM activity_head WHERE hub_id = ?', [], 0, /head of the chain was missing/],
    [
      'a row with an impossible place',
      'UPDATE activity SET seal_position = -3 WHERE seal_position = 3 AND hub_id = ?',
      [],
      2,
      /twice, or was moved/,
    ],
  ])('is found elsewhere: %s', async (_, sql, parameters, line, problem) => {
    const { report } = await sealedLines(sql, ...parameters);

    expect(report.broken?.problem).toMatch(problem);
    expect(line === 0 || report.broken?.line === line).toBe(true);
  });

  it('is found in a stretch too, when the row before it was changed or is gone', async () => {
    for (const sql of [
      'UPDATE activity SET seal = zeroblob(32) WHERE seal_position = 2 AND hub_id = ?',
      'DELETE FROM activity WHERE seal_position = 2 AND hub_id = ?',
    ]) {
      const own = await sealedHub(test.app, SEALED);
      const start = 'UPDATE activity SET created_at = 1000 WHERE seal_position <= 2 AND hub_id = ?';
      await tamper(test.app, [start, [own.id]], [portable(sql), [own.id]]);
      const report = await verifyLines(await exportOf(own, 'filter[from]=2020-01-01T00:00:00Z'));

      expect(report.broken).not.toBeNull();
      expect(report.broken?.line).toBeLessThanOrEqual(2);
    }
  });

  it('is found by a head that was logged, when all of it was written anew', async () => {
    const own = await sealedHub(test.app, SEALED);
    const logged = await anchorOf(test.app, own);
    await tamper(
      test.app,
      ['DELETE FROM activity WHERE hub_id = ?', [own.id]],
      ['DELETE FROM activity_head WHERE hub_id = ?', [own.id]],
    );
    await record(test.app, own, 2);
    await seal(test.app);
    const shorter = await exportOf(own);
    await record(test.app, own, SEALED);
    await seal(test.app);
    const longer = await exportOf(own);

    expect((await verifyLines(shorter)).broken).toBeNull();
    expect((await verifyLines(shorter, [logged])).broken?.problem).toMatch(/set back/);
    expect((await verifyLines(longer, [logged])).broken).toMatchObject({
      line: logged.position + 1,
      problem: expect.stringContaining('written anew'),
    });
    expect((await verifyLines(lines, [{ ...logged, hubId: newId() }])).broken).not.toBeNull();
  });
});

function portable(sql: string): string {
  return sql.replace('zeroblob(32)', test.app.database.kind === 'sqlite' ? 'zeroblob(32)' : "REPEAT('0', 32)");
}
