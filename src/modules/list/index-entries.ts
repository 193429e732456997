import { type DatabaseKind } from '../../database/index.js';
import { type ListColumn } from './list-columns.js';

export type IndexTable = 'list_index_number' | 'list_index_text';

export const INDEX_TABLES: readonly IndexTable[] = ['list_index_number', 'list_index_text'];

/** An entry has so many bytes of the UTF-8 text at most. */
export const INDEX_TEXT_BYTES = 255;

/** Rows whose ids are at least `from` and at most `to`. */
export interface RowSpan {
  readonly from: number;
  readonly to: number;
}

/** What the index keeps of a text. NUL and half characters never get into a list, so that this is the order of its bytes. */
export function textKey(text: string): Buffer {
  return Buffer.from(text, 'utf8').subarray(0, INDEX_TEXT_BYTES);
}

export function indexTableOf({ type }: Pick<ListColumn, 'type'>): IndexTable {
  return type === 'String' ? 'list_index_text' : 'list_index_number';
}

/** Slots of texts have names of their own (decision 0003). */
export function indexTableOfSlot(slot: string): IndexTable {
  return slot.startsWith('s') ? 'list_index_text' : 'list_index_number';
}

/** `slot` of an entry: the number in the name of the slot. */
export function slotNumber({ slot }: Pick<ListColumn, 'slot'>): number {
  return Number(slot.slice(1));
}

/** Whether writers of rows write entries for the column. */
export function isKept({ index }: Pick<ListColumn, 'index'>): boolean {
  return index?.state === 'building' || index?.state === 'ready';
}

/** Whether every row has its entry, so that readers may rely on the index. */
export function isReady({ index }: Pick<ListColumn, 'index'>): boolean {
  return index?.state === 'ready';
}

/** Whether clients are told that the column is indexed: also while its index is still being built. */
export function isDeclared({ index }: Pick<ListColumn, 'index'>): boolean {
  return index !== undefined && index.state !== 'dropping';
}

/**
 * The order of rows by a column: empty cells first, then the start of a text, bytewise on every database, or a number or
 * truth as it is. SQLite's SUBSTR makes NULL of no bytes: an empty cell is told from an empty text by itself.
 */
export function orderKeys(kind: DatabaseKind, { type, slot }: Pick<ListColumn, 'type' | 'slot'>): string[] {
  return type === 'String' ? [hasValue(slot), textStart(kind, slot)] : [slot];
}

function hasValue(slot: string): string {
  return `CASE WHEN ${slot} IS NULL THEN 0 ELSE 1 END`;
}

/** An entry of `column` in the terms of a row: what stands in its index for each row of `list_row`, here named `r`. */
export function entryOf(
  kind: DatabaseKind,
  column: Pick<ListColumn, 'type' | 'slot'>,
): Readonly<Record<string, string>> {
  const slot = `r.${column.slot}`;
  const nothing = kind === 'sqlite' ? "x''" : "''";
  return {
    list_no: 'r.list_no',
    slot: String(slotNumber(column)),
    has_value: hasValue(slot),
    value: column.type === 'String' ? `COALESCE(${textStart(kind, slot)}, ${nothing})` : `COALESCE(${slot}, 0)`,
    row_id: 'r.row_id',
  };
}

/** So many characters have at least so many bytes, and long texts are not converted whole. */
function textStart(kind: DatabaseKind, slot: string): string {
  const characters = `SUBSTR(${slot}, 1, ${INDEX_TEXT_BYTES})`;
  return `SUBSTR(CAST(${characters} AS ${kind === 'sqlite' ? 'BLOB' : 'BINARY'}), 1, ${INDEX_TEXT_BYTES})`;
}
