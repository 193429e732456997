import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type CellValue, cellValue, type SlotValue } from './cell-values.js';
import { convert } from './column-conversion.js';
import { brokenRule } from './column-rules.js';
import { type ListColumn } from './list-columns.js';
import { SlotRepository } from './slot.repository.js';

const BATCH_ROWS = 500;
const NAMED_ROWS_MAX = 20;
const SHOWN_LENGTH = 100;

/** A row that stands in the way of a change, with the beginning of its value. */
export interface RowInTheWay {
  readonly row_id: number;
  readonly value: CellValue;
  readonly problem: string;
}

/** What a change of a column would meet in the rows that exist. */
export interface RowCheck {
  readonly rows: number;
  /** Rows whose value the new type cannot hold. */
  readonly unconvertible: number;
  /** Rows whose value, as it would be, breaks a rule of the column. */
  readonly breaking: number;
  /** The first of both, by id. */
  readonly first: readonly RowInTheWay[];
}

type Problem = Pick<RowInTheWay, 'problem'> & { readonly kind: 'unconvertible' | 'breaking' };

/** Looks at one column of all rows of a list, with turns of the event loop in between, outside any transaction. */
@Injectable()
export class RowChecker {
  constructor(private readonly slots: SlotRepository) {}

  /** @param emptied whether what cannot be converted becomes empty, which may break a rule in turn */
  async check(
    list: { readonly hubId: string; readonly id: string },
    before: ListColumn,
    target: ListColumn,
    emptied: boolean,
  ): Promise<RowCheck> {
    const found = { rows: 0, unconvertible: 0, breaking: 0, first: [] as RowInTheWay[] };
    for (let after = 0, more = true; more; await turn()) {
      const rows = await this.slots.read(list.hubId, list.id, before, after, BATCH_ROWS);
      for (const { row_id, value } of rows) {
        for (const { kind, problem } of problemsOf(value, before, target, emptied)) {
          found[kind] += 1;
          if (found.first.length < NAMED_ROWS_MAX) {
            found.first.push({ row_id, value: shown(cellValue(before.type, value)), problem });
          }
        }
      }
      found.rows += rows.length;
      after = rows.at(-1)?.row_id ?? after;
      more = rows.length === BATCH_ROWS;
    }
    return found;
  }
}

function problemsOf(value: SlotValue, before: ListColumn, target: ListColumn, emptied: boolean): Problem[] {
  const converted = convert(value, before.type, target.type);
  const lost: Problem[] =
    converted === undefined
      ? [{ kind: 'unconvertible', problem: `A ${target.type} cannot hold this ${before.type}.` }]
      : [];
  const broken = converted === undefined && !emptied ? null : brokenRule(target, converted ?? null);
  return [...lost, ...(broken ? [{ kind: 'breaking' as const, problem: broken.detail }] : [])];
}

function shown(value: CellValue): CellValue {
  return typeof value === 'string' && value.length > SHOWN_LENGTH ? `${value.slice(0, SHOWN_LENGTH)}…` : value;
}
