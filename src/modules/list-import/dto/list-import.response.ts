import { contractTime, CreatorResponse, ZERO_TIME } from '../../../common/http/contract.js';
import { type ColumnType } from '../../list/index.js';
import { type ImportMode, type ImportPhase, type ListImport, type OnError } from '../list-import.entity.js';
import { type ImportReport } from '../list-import.service.js';

class ImportColumnResponse {
  /** @example Quantity */
  name: string;
  /** @example Number */
  type: ColumnType;
}

class ImportRowsResponse {
  /** Rows below the header, without empty lines. @example 1200 */
  total: number;
  /** Those that the check let pass, so far. @example 1199 */
  accepted: number;
  /** Those that the check refused, so far. @example 1 */
  refused: number;
  /** Those that are in the list, or in what is to become the list. @example 1199 */
  written: number;
}

class RefusedRowResponse {
  /** In the file; the header is row 1. @example 17 */
  row: number;
  /** Null where the row as a whole is wrong. @example Quantity */
  column: string | null;
  /** @example "The cell is no number." */
  reason: string;
}

class ImportEventsResponse {
  /** @example 2026-03-01T08:00:00.000Z */
  created: string;
  /** The zero time until then. @example 2026-03-01T08:00:00.000Z */
  completed: string;
}

const STATES: Readonly<Record<ImportPhase, string>> = {
  check: 'checking',
  write: 'writing',
  wiped: 'completed',
  failed: 'failed',
};

/** An import, how far it has come, and what it refused. No cell of the file is shown. */
export class ListImportResponse {
  /** That of its job. @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  hub_id: string;
  /** With `create`, of the list that is there when the import is completed. @example 0199e2f1a0c34b5d6e7f8091 */
  list_id: string;
  /** `append`, `replace` or `create`. @example append */
  mode: ImportMode;
  /** `refuse` or `skip`. @example refuse */
  on_error: OnError;
  /** `checking`, `writing`, `completed` or `failed`. @example completed */
  state: string;
  /** Why it failed; null otherwise. */
  error: string | null;
  /** As the file is read: the delimiter that was given or found. @example "," */
  delimiter: string;
  /** Of the file. @example 48213 */
  bytes: number;
  /** In the order of the file, without ID. */
  columns: ImportColumnResponse[];
  rows: ImportRowsResponse;
  /** The first 1 000, by row. */
  refused_rows: RefusedRowResponse[];
  creator: CreatorResponse;
  events: ImportEventsResponse;

  static from({ made, refusals }: ImportReport): ListImportResponse {
    return {
      id: made.id,
      hub_id: made.hubId,
      list_id: made.listId,
      mode: made.mode,
      on_error: made.onError,
      state: STATES[made.phase],
      error: made.error,
      delimiter: made.delimiter,
      bytes: made.bytes,
      columns: made.columns.filter(({ id }) => id !== null).map(({ name, type }) => ({ name, type })),
      rows: rowsOf(made),
      refused_rows: refusals.map(({ rowNo, columnName, reason }) => ({ row: rowNo, column: columnName, reason })),
      creator: { id: made.creatorId, type: made.creatorType },
      events: { created: contractTime(made.createdAt), completed: made.endedAt === null ? ZERO_TIME : contractTime(made.endedAt) },
    };
  }
}

function rowsOf({ rowTotal, accepted, refused, written }: ListImport): ImportRowsResponse {
  return { total: rowTotal, accepted, refused, written };
}
