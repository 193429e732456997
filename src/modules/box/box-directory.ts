import { Injectable } from '@nestjs/common';
import { BoxDirectory, type BoxRecord } from '../../access/index.js';
import { Database } from '../../database/index.js';

interface Row {
  readonly hub_id: string;
  readonly hub_state: string;
  readonly id: string;
}

const SELECT = `
  SELECT b.hub_id, h.state AS hub_state, b.id
  FROM box b JOIN hub h ON h.id = b.hub_id
  WHERE b.token_digest = ? AND b.deleted_at IS NULL`;

/** Looks boxes up for the access core, by one unique key. */
@Injectable()
export class BoxTokenDirectory extends BoxDirectory {
  constructor(private readonly database: Database) {
    super();
  }

  async findByDigest(boxId: string, digest: Buffer): Promise<BoxRecord | null> {
    const [row] = await this.database.query<Row>(SELECT, [digest]);
    return row?.id === boxId ? { hubId: row.hub_id, hubLive: row.hub_state === 'live', boxId } : null;
  }
}
