import { Injectable, Logger } from '@nestjs/common';
import { type RefusalCount, UsageLog } from '../../access/index.js';
import { canonicalJson } from '../../common/canonical-json.js';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { PeriodicWriter } from '../../common/periodic-writer.js';
import { Database } from '../../database/index.js';
import { Activity } from './activity.entity.js';

/** Rows per transaction: within SQLite's limit of parameters, and short for its one writer. */
const CHUNK = 200;

/** Once a minute, one activity row per key, address and code that was refused, with the count: throttled, not lost in noise. */
@Injectable()
export class RefusalWriter extends PeriodicWriter {
  private readonly logger = new Logger('RefusalWriter');

  constructor(
    private readonly usage: UsageLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async flush(): Promise<void> {
    const now = this.clock.now();
    const rows = this.usage.drainRefusals().map((refusal) => toRow(refusal, now));
    try {
      for (let start = 0; start < rows.length; start += CHUNK) {
        await this.database.transaction((tx) => tx.insert(Activity, rows.slice(start, start + CHUNK)));
      }
    } catch (error) {
      this.logger.warn(`${rows.length} refusals could not be written: ${String(error)}`);
    }
  }
}

function toRow({ hubId, keyId, address, code, count, lastAt }: RefusalCount, now: number) {
  const id = newId(now);
  const facts = { event: 'hub.apikey.refused', status: 'alert' };
  const user = { type: 'api-key', id: keyId };
  const time = new Date(lastAt).toISOString();
  const session = { ip: address ?? '', api_key: keyId };
  const annotations = { code, count };
  return {
    ...facts,
    id,
    hubId,
    actorType: user.type,
    actorId: keyId,
    componentType: 'api_key',
    componentId: keyId,
    body: canonicalJson({ ...facts, id, hub_id: hubId, verbosity: 1, user, session, annotations, time }),
    createdAt: now,
    sealPosition: null,
    seal: null,
  };
}
