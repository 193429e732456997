import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { isId } from '../../common/ids.js';
import { Database } from '../../database/index.js';
import { ListImportPiece } from './list-import-piece.entity.js';
import { ListImportRefusal } from './list-import-refusal.entity.js';
import { ListImport } from './list-import.entity.js';

/** So many refused rows are kept with an import; the others are counted. */
export const REFUSALS_MAX = 1000;
const PIECES_AT_ONCE = 8;

export type Refusal = Pick<ListImportRefusal, 'rowNo' | 'columnName' | 'reason'>;

@Injectable()
export class ListImportRepository {
  constructor(private readonly database: Database) {}

  async find(hubId: string, id: string): Promise<ListImport | null> {
    return isId(id) ? this.database.reader.findOneBy(ListImport, { hubId, id }) : null;
  }

  refusals(hubId: string, importId: string): Promise<ListImportRefusal[]> {
    const where = { hubId, importId };
    return this.database.reader.find(ListImportRefusal, { where, order: { rowNo: 'ASC' }, take: REFUSALS_MAX });
  }

  async insert(tx: EntityManager, made: ListImport): Promise<void> {
    await tx.insert(ListImport, made);
  }

  /** False when it is not as it was read: another node has gone on with it. */
  async advance(tx: EntityManager, was: ListImport, to: Partial<ListImport>): Promise<boolean> {
    const { hubId, id, phase, nextOffset } = was;
    const sql = `SELECT phase, next_offset FROM list_import WHERE hub_id = ? AND id = ?${this.database.forUpdate}`;
    const [row] = await tx.query<{ phase: string; next_offset: number | string }[]>(sql, [hubId, id]);
    if (row?.phase !== phase || Number(row.next_offset) !== nextOffset) {
      return false;
    }
    await tx.update(ListImport, { hubId, id }, to);
    return true;
  }

  async addRefusals(tx: EntityManager, { hubId, id }: ListImport, refusals: readonly Refusal[]): Promise<void> {
    if (refusals.length > 0) {
      await tx.insert(
        ListImportRefusal,
        refusals.map((refusal) => ({ hubId, importId: id, ...refusal })),
      );
    }
  }

  /** Bytes of files that this hub has waiting. */
  async waitingBytes(hubId: string): Promise<number> {
    const sql = 'SELECT COALESCE(SUM(size), 0) AS total FROM list_import_piece WHERE hub_id = ?';
    const [row] = await this.database.query<{ total: number | string }>(sql, [hubId]);
    return Number(row?.total ?? 0);
  }

  async addPiece(piece: ListImportPiece): Promise<void> {
    await this.database.transaction((tx) => tx.insert(ListImportPiece, piece));
  }

  /** The piece in which this byte of the file is. */
  async pieceAt(uploadId: string, offset: number): Promise<{ begin: number; content: Buffer } | null> {
    const sql = `SELECT begin_offset, content FROM list_import_piece
      WHERE upload_id = ? AND begin_offset <= ? ORDER BY begin_offset DESC LIMIT 1`;
    const [row] = await this.database.query<{ begin_offset: number | string; content: Uint8Array }>(sql, [
      uploadId,
      offset,
    ]);
    return row ? { begin: Number(row.begin_offset), content: Buffer.from(row.content) } : null;
  }

  /**
   * Keeps a file from being given up until this transaction has ended, which adopts it. False when it was given up.
   * Whoever adopts or gives up a file has the lock on its first piece, so that one of them comes first.
   */
  async hold(tx: EntityManager, uploadId: string): Promise<boolean> {
    const first = 'SELECT size FROM list_import_piece WHERE upload_id = ? AND begin_offset = 0';
    return (await tx.query<unknown[]>(first + this.database.forUpdate, [uploadId])).length > 0;
  }

  /** As `wipeSome`, unless an import has the file. */
  async giveUpSome(uploadId: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const isAdopted = (await this.hold(tx, uploadId)) && (await tx.existsBy(ListImport, { uploadId }));
      return !isAdopted && this.wipeIn(tx, uploadId);
    });
  }

  /** Removes some pieces of a file in one short transaction; false when none is left. */
  wipeSome(uploadId: string): Promise<boolean> {
    return this.database.transaction((tx) => this.wipeIn(tx, uploadId));
  }

  private async wipeIn(tx: EntityManager, uploadId: string): Promise<boolean> {
    const some = `SELECT begin_offset FROM list_import_piece WHERE upload_id = ? ORDER BY begin_offset LIMIT ${PIECES_AT_ONCE}`;
    const found = await tx.query<{ begin_offset: number | string }[]>(some, [uploadId]);
    const last = found.at(-1)?.begin_offset;
    if (last === undefined) {
      return false;
    }
    const sql = 'DELETE FROM list_import_piece WHERE upload_id = ? AND begin_offset <= ?';
    await tx.query(sql, [uploadId, Number(last)]);
    return found.length === PIECES_AT_ONCE;
  }

  /** A file that was begun before this id and that no import has: its sender, or the server, went away. */
  async findOrphan(before: string): Promise<string | null> {
    const sql = `SELECT p.upload_id AS uploadId FROM list_import_piece p
      LEFT JOIN list_import i ON i.upload_id = p.upload_id WHERE i.id IS NULL AND p.upload_id < ? LIMIT 1`;
    const [row] = await this.database.query<{ uploadId: string }>(sql, [before]);
    return row?.uploadId ?? null;
  }
}
