import { Injectable, Logger } from '@nestjs/common';
import { type RefusalCount, UsageLog } from '../../access/index.js';
import { canonicalJson } from '../../common/canonical-json.js';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { PeriodicWriter } from '../../common/periodic-writer.js';
import { Database, isForeignKeyViolation } from '../../database/index.js';
import { Activity } from './activity.entity.js';

/** Rows per transaction: within SQLite's limit of parameters, and short for its one writer. */
const CHUNK = 200;

/** The event of a row that counts refusals; the one that only who looks into something wants to see (verbosity 1). */
const KEY_REFUSED = 'hub.apikey.refused';
const MEMBER_REFUSED = 'hub.membership.refused';

/** The events of what was refused, with a count. */
export const REFUSALS: readonly string[] = [KEY_REFUSED, MEMBER_REFUSED];

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
    const malformed = this.usage.drainMalformed();
    if (malformed > 0) {
      this.logger.warn(`${malformed} malformed API keys were refused in the last minute.`);
    }
    const now = this.clock.now();
    let left = this.usage.drainRefusals();
    try {
      while (left.length > 0) {
        const rows = left.slice(0, CHUNK).map((refusal) => toRow(refusal, now));
        await this.insert(rows);
        left = left.slice(CHUNK);
      }
    } catch (error) {
      this.usage.putBack([], left);
      this.logger.warn(`${left.length} refusals wait for the next minute: ${String(error)}`);
    }
  }

  /** A row whose hub is gone (a restored database) is dropped, and does not hold up the others. */
  private async insert(rows: readonly ActivityRow[]): Promise<void> {
    try {
      await this.database.transaction((tx) => tx.insert(Activity, [...rows]));
    } catch (error) {
      if (!isForeignKeyViolation(error)) {
        throw error;
      }
      for (const row of rows.length > 1 ? rows : []) {
        await this.insert([row]);
      }
    }
  }
}

type ActivityRow = ReturnType<typeof toRow>;

function toRow(refusal: RefusalCount, now: number) {
  const { hubId, subjectType, subjectId, address, code, count, lastAt } = refusal;
  const id = newId(now);
  const isKey = subjectType === 'api-key';
  const facts = { event: isKey ? KEY_REFUSED : MEMBER_REFUSED, status: 'alert' };
  const user = { type: subjectType, id: subjectId };
  const time = new Date(lastAt).toISOString();
  const session = { ip: address ?? '', api_key: isKey ? subjectId : null };
  const component = { type: isKey ? 'api_key' : 'account', id: subjectId };
  const annotations = { code, count };
  const body = { ...facts, id, hub_id: hubId, verbosity: 1, user, component, session, annotations, time };
  return {
    ...facts,
    id,
    hubId,
    actorType: user.type,
    actorId: subjectId,
    componentType: component.type,
    componentId: component.id,
    body: canonicalJson(body),
    createdAt: now,
    sealPosition: null,
    seal: null,
  };
}
