import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { holdsCapability, type Mutation, type Principal } from '../../access/index.js';
import { seal, unseal } from '../../common/crypto/seal.js';
import { Config } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { HubService } from '../hub/index.js';
import { type ApiKey } from './api-key.entity.js';
import { KeyRules } from './api-key.rules.js';
import { type ApiSecret } from './api-secret.entity.js';
import { ApiSecretRepository, type SealedSecret } from './api-secret.repository.js';

/** More ids in one activity would make a row that nobody reads. */
const NAMED_AT_ONCE = 500;

/** The whole secrets of keys, by the key's id. */
export type KeyValues = ReadonlyMap<string, string>;

/**
 * Secrets that can be read again, for hubs that asked for it. Whatever reads or keeps one is in this class: who may, the
 * seal that ties each to its row, and the activity that tells whose were shown.
 */
@Injectable()
export class ReadableSecrets {
  private readonly logger = new Logger('ReadableSecrets');
  private readonly key: Buffer;

  constructor(
    private readonly secrets: ApiSecretRepository,
    private readonly rules: KeyRules,
    private readonly hubs: HubService,
    private readonly database: Database,
    private readonly activity: ActivityRecorder,
    config: Config,
  ) {
    this.key = config.secret.deriveKey('readable-secret');
  }

  /** Puts the sealed text into a secret that is about to be inserted, if its hub wants that. The hub's row is locked. */
  async keep(tx: EntityManager, secret: ApiSecret, text: string): Promise<void> {
    if ((await this.hubs.security(tx, secret.hubId)).readable_secrets) {
      secret.sealed = seal(this.key, Buffer.from(text), contextOf(secret));
    }
  }

  forget(tx: EntityManager, key: ApiKey): Promise<void> {
    return this.secrets.forget(tx, key);
  }

  /** Whether it is worth asking: the last word is `reveal`'s, in its transaction. */
  async mayBeRevealedTo(principal: Principal): Promise<boolean> {
    return mayReveal(principal) && this.isOn(this.database.reader, principal.hubId);
  }

  /** The secrets of those of these keys that the actor could rotate, and in the same transaction whose they were. */
  async reveal(mutation: Mutation, keys: readonly ApiKey[]): Promise<KeyValues> {
    const { tx, actor } = mutation;
    if (!mayReveal(actor) || !(await this.isOn(tx, actor.hubId))) {
      return new Map();
    }
    const open = await this.rules.rotatable(mutation, keys);
    const ids = open.map(({ id }) => id);
    const sealed = await this.secrets.findSealed(tx, actor.hubId, ids);
    const values = new Map(sealed.flatMap((secret) => this.valueOf(secret)));
    await this.record(mutation, [...values.keys()]);
    return values;
  }

  private async isOn(manager: EntityManager, hubId: string): Promise<boolean> {
    return (await this.hubs.security(manager, hubId)).readable_secrets;
  }

  /** One that does not open was not sealed for this row: then nothing is shown, and somebody should know. */
  private valueOf(secret: SealedSecret): [keyId: string, value: string][] {
    try {
      return [[secret.keyId, unseal(this.key, secret.sealed, contextOf(secret)).toString()]];
    } catch {
      const { hubId, keyId, id } = secret;
      this.logger.error({ hub: hubId, api_key: keyId, secret: id }, 'A kept secret does not open: its row was changed');
      return [];
    }
  }

  private async record({ tx, actor, now }: Mutation, keyIds: readonly string[]): Promise<void> {
    const event = 'hub.apikey.secret.reveal';
    for (let start = 0; start < keyIds.length; start += NAMED_AT_ONCE) {
      const api_keys = keyIds.slice(start, start + NAMED_AT_ONCE);
      const component = keyIds.length === 1 ? { type: 'api_key', id: keyIds[0] } : { type: 'hub', id: actor.hubId };
      await this.activity.record(tx, actor, now, { event, component, annotations: { api_keys } });
    }
  }
}

function mayReveal({ record }: Principal): boolean {
  return holdsCapability(record.role.capabilities, 'api-keys-reveal');
}

/** What was sealed for one secret opens for no other, of no other key or hub. */
function contextOf({ hubId, keyId, id }: Pick<ApiSecret, 'hubId' | 'keyId' | 'id'>): string {
  return `readable-secret:${hubId}:${keyId}:${id}`;
}
