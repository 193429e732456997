import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { platformPrincipal } from '../../src/access/index.js';
import { type List, RowService } from '../../src/modules/list/index.js';
import { type Factory, type TestHub } from '../../test/support/factory.js';
import { type BulkWriter } from './bulk.js';

const SEEDS = 5;

export interface BenchList {
  readonly id: List['id'];
  readonly name: string;
  readonly rows: number;
}

/** A list with its first rows, made as a user makes them. */
export async function makeList(
  app: NestFastifyApplication,
  create: Factory,
  hub: TestHub,
  name: string,
  rows: number,
): Promise<BenchList> {
  const { id } = await create.list(hub, name);
  for (let number = 1; number <= Math.min(SEEDS, rows); number += 1) {
    await app.get(RowService).add(platformPrincipal(hub.id), name, itemOf(number));
  }
  return { id, name, rows };
}

/** A row as clients send it. */
export function itemOf(number: number): { MaterialNo: string; Quantity: number; Locked: boolean } {
  return { MaterialNo: `A-${4710 + number}`, Quantity: number * 12.5, Locked: number % 2 === 0 };
}

/** Brings the list to exactly so many rows, ids without a gap: what is there is doubled, what is too much goes. */
export async function fillList(bulk: BulkWriter, { id, rows }: BenchList): Promise<void> {
  const [list] = await bulk.select('SELECT no, last_row_id FROM list WHERE id = ?', id);
  const no = Number(list['no']);
  await bulk.run('DELETE FROM list_row_gap WHERE list_no = ?', no);
  await bulk.run('DELETE FROM list_row WHERE list_no = ? AND row_id > ?', no, rows);
  for (let there = Math.min(rows, Number(list['last_row_id'])); there < rows; there *= 2) {
    const next = Math.min(there, rows - there);
    const copy =
      'INSERT INTO list_row (list_no, row_id, s1, n1, n2) ' +
      'SELECT list_no, row_id + ?, s1, n1, n2 FROM list_row WHERE list_no = ? AND row_id <= ?';
    await bulk.run(copy, there, no, next);
  }
  await bulk.run('UPDATE list SET last_row_id = ?, row_count = ? WHERE no = ?', rows, rows, no);
}
