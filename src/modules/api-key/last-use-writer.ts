import { Injectable, Logger } from '@nestjs/common';
import { UsageLog } from '../../access/index.js';
import { PeriodicWriter } from '../../common/periodic-writer.js';
import { Database } from '../../database/index.js';
import { ApiKeyRepository } from './api-key.repository.js';

/** Rows per transaction: short enough never to hold the one writer of SQLite for long. */
const CHUNK = 200;

/** Writes the last uses once a minute in small batches: a use costs no write. */
@Injectable()
export class LastUseWriter extends PeriodicWriter {
  private readonly logger = new Logger('LastUseWriter');

  constructor(
    private readonly usage: UsageLog,
    private readonly keys: ApiKeyRepository,
    private readonly database: Database,
  ) {
    super();
  }

  async flush(): Promise<void> {
    // In the order of the ids: two nodes that write the same secrets then cannot wait for each other in a circle.
    let left = this.usage.drainUses().sort((a, b) => (a.secretId < b.secretId ? -1 : 1));
    try {
      while (left.length > 0) {
        const chunk = left.slice(0, CHUNK);
        await this.database.transaction(async (tx) => {
          for (const use of chunk) {
            await this.keys.touch(tx, use);
          }
          for (const use of chunk) {
            await this.keys.touchKey(tx, use);
          }
        });
        left = left.slice(CHUNK);
      }
    } catch (error) {
      this.usage.putBack(left);
      this.logger.warn(`The last uses of ${left.length} secrets wait for the next minute: ${String(error)}`);
    }
  }
}
