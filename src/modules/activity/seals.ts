import { createHash, createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../common/canonical-json.js';
import { Config } from '../../config/index.js';

/** A stored row as a seal covers it: every column but the two of the seal, under its own name. */
export interface SealedColumns {
  readonly id: string;
  readonly hub_id: string;
  readonly event: string;
  readonly status: string;
  readonly actor_type: string;
  readonly actor_id: string;
  readonly component_type: string | null;
  readonly component_id: string | null;
  readonly body: string;
  /** As the database writes the number, so that no value is too large to be read. */
  readonly created_at: string;
}

/** A place in a hub's chain. Position 0 is before the first row. */
export interface Link {
  readonly position: number;
  readonly seal: Buffer;
}

/** Where a hub's chain ends. */
export interface Head extends Link {
  readonly hubId: string;
  /** Epoch milliseconds. */
  readonly sealedAt: number;
}

/** Computes what chains the activities of a hub, with keys that only HUBGATE_SECRET gives. */
@Injectable()
export class Seals {
  readonly #sealKey: Buffer;
  readonly #headKey: Buffer;
  readonly #exportKey: Buffer;

  constructor({ secret }: Config) {
    this.#sealKey = secret.deriveKey('activity-seal');
    this.#headKey = secret.deriveKey('activity-head');
    this.#exportKey = secret.deriveKey('activity-export');
  }

  /** The place before the first row: another for each hub, so that no chain can be given to another hub. */
  start(hubId: string): Link {
    return { position: 0, seal: createHash('sha256').update(`hubgate activity of ${hubId}`).digest() };
  }

  /** The place of `row` when it follows `previous`: HMAC-SHA-256 over the seal before, the position and the columns. */
  next(previous: Link, row: SealedColumns): Link {
    const position = previous.position + 1;
    const number = Buffer.alloc(8);
    number.writeBigUInt64BE(BigInt(position));
    const mac = createHmac('sha256', this.#sealKey).update(previous.seal).update(number);
    return { position, seal: mac.update(columnsAsText(row)).digest() };
  }

  /** What proves that the sealer wrote this head. */
  headMac({ hubId, position, seal, sealedAt }: Head): Buffer {
    const text = canonicalJson({ hub_id: hubId, position, seal: seal.toString('hex'), sealed_at: sealedAt });
    return createHmac('sha256', this.#headKey).update(text).digest();
  }

  /** What proves that this server wrote this line of an export, behind the line with this proof. */
  lineMac(previous: Buffer, line: string): Buffer {
    return createHmac('sha256', this.#exportKey).update(previous).update(line).digest();
  }
}

/** Picked by name: a column that a later version adds does not change the seals that there are. */
function columnsAsText(row: SealedColumns): string {
  const { id, hub_id, event, status, actor_type, actor_id, component_type, component_id, body, created_at } = row;
  return canonicalJson({
    id,
    hub_id,
    event,
    status,
    actor_type,
    actor_id,
    component_type,
    component_id,
    body,
    created_at,
  });
}
