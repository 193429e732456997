import { Injectable, Logger } from '@nestjs/common';
import { UsageLog } from '../../access/index.js';
import { PeriodicWriter } from '../../common/periodic-writer.js';
import { Database } from '../../database/index.js';

/** Rows per transaction: short enough never to hold the one writer of SQLite for long. */
const CHUNK = 200;

/** Only forward: a batch that comes late never moves a last use back. */
const TOUCH = `UPDATE account_session SET last_used_at = ?, last_used_address = ?
  WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)`;

/** Writes the last uses of sessions once a minute in small batches: a use costs no write. */
@Injectable()
export class SessionUseWriter extends PeriodicWriter {
  private readonly logger = new Logger('SessionUseWriter');

  constructor(
    private readonly usage: UsageLog,
    private readonly database: Database,
  ) {
    super();
  }

  async flush(): Promise<void> {
    // In the order of the ids: two nodes that write the same sessions then cannot wait for each other in a circle.
    let left = this.usage.drainSessionUses().sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1));
    try {
      while (left.length > 0) {
        const chunk = left.slice(0, CHUNK);
        await this.database.transaction(async (tx) => {
          for (const { sessionId, at, address } of chunk) {
            await tx.query(TOUCH, [at, address, sessionId, at]);
          }
        });
        left = left.slice(CHUNK);
      }
    } catch (error) {
      this.usage.putBackSessionUses(left);
      this.logger.warn(`The last uses of ${left.length} sessions wait for the next minute: ${String(error)}`);
    }
  }
}
