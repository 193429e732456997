import { type Cell } from './data.js';

/** Null first, false before true, texts by their bytes: as the door orders. */
export function compareCells(one: Cell, other: Cell): number {
  if (one === null || other === null) {
    return Number(other === null) - Number(one === null);
  }
  if (typeof one === 'string' && typeof other === 'string') {
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  }
  return Math.sign(Number(one) - Number(other));
}

/** By the first cells that differ. */
export function compareLists(one: readonly Cell[], other: readonly Cell[], descending: readonly boolean[]): number {
  for (const [index, cell] of one.entries()) {
    const order = compareCells(cell, other[index] ?? null);
    if (order !== 0) {
      return descending[index] ? -order : order;
    }
  }
  return 0;
}
