import { Injectable } from '@nestjs/common';
import { generateKeySecret, type Mutation, Mutations, type Principal } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { isoOrNull } from '../../common/http/contract.js';
import { ActivityRecorder } from '../activity/index.js';
import { HubService } from '../hub/index.js';
import { type ApiKey } from './api-key.entity.js';
import {
  LastSecretError,
  OverlapTooLongError,
  RotatedMeanwhileError,
  RotationRunningError,
  SecretNotFoundError,
} from './api-key.errors.js';
import { newSecret } from './api-key.factory.js';
import { assertRotatable, isLastingRoot, KeyRules } from './api-key.rules.js';
import { ApiKeyService } from './api-key.service.js';
import { type ApiSecret } from './api-secret.entity.js';
import { ApiSecretRepository } from './api-secret.repository.js';
import { ReadableSecrets } from './readable-secrets.js';

const SECOND_MS = 1000;
/** Long enough for a weekday's deployment; a hub that allows less gets less. */
const USUAL_OVERLAP_SECONDS = 86_400;

/** A secret and whether it has ended, by the clock of the answer. */
export interface SecretAtTime {
  readonly secret: ApiSecret;
  readonly now: number;
}

/** The new secret with its only copy, and the one that it replaces; null when the key had none left. */
export interface RotatedSecret {
  readonly text: string;
  readonly made: SecretAtTime;
  readonly replaced: SecretAtTime | null;
}

/**
 * The secrets of a key. It has one that lasts as long as the key, and during a rotation an older one with an end of
 * its own beside it.
 */
@Injectable()
export class SecretService {
  constructor(
    private readonly secrets: ApiSecretRepository,
    private readonly keys: ApiKeyService,
    private readonly rules: KeyRules,
    private readonly readable: ReadableSecrets,
    private readonly hubs: HubService,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
    private readonly clock: Clock,
  ) {}

  /** All that the key ever had, the oldest first. @throws ApiKeyNotFoundError */
  async list(principal: Principal, keyId: string): Promise<SecretAtTime[]> {
    const key = await this.keys.get(principal, keyId);
    const now = this.clock.now();
    return (await this.secrets.list(key.hubId, key.id)).map((secret) => ({ secret, now }));
  }

  /** The secrets that can be used now of each of these keys of the hub, by the key's id; one statement. */
  async liveOf(principal: Principal, keys: readonly ApiKey[]): Promise<Map<string, ApiSecret[]>> {
    const usable = keys.filter(({ state }) => state !== 'deleted').map(({ id }) => id);
    const secrets = await this.secrets.findLive(principal.hubId, usable, this.clock.now());
    return new Map(usable.map((id) => [id, secrets.filter(({ keyId }) => keyId === id)]));
  }

  /**
   * A new secret; the old one goes on for the overlap, at once refused if that is 0. Whoever rotates could use the key
   * afterwards, so the ceiling applies as if they made it.
   * @throws RotatedMeanwhileError for the later of two rotations at once: there is one new secret, not two
   */
  async rotate(principal: Principal, keyId: string, overlapSeconds?: number): Promise<RotatedSecret> {
    const seen = lastingOf(await this.secrets.list(principal.hubId, keyId));
    return this.mutations.run(principal, 'api-keys-manage', async (mutation) => {
      const { key } = await this.rules.getTouchable(mutation, keyId);
      await this.rules.assertMayBecome(mutation, key);
      assertRotatable(key, mutation.now);
      const overlap = await this.overlapOf(mutation, overlapSeconds);
      const before = await this.liveSecrets(mutation, key);
      assertOneRotation(before, seen);
      return this.replace(mutation, key, before, mutation.now + overlap * SECOND_MS);
    });
  }

  /** Refused from the next request on, with the tokens that were got for it. One that has ended already stays as it is. */
  end(principal: Principal, keyId: string, secretId: string): Promise<SecretAtTime> {
    return this.mutations.run(principal, 'api-keys-manage', async (mutation) => {
      const { now, tx } = mutation;
      const { key, role } = await this.rules.getTouchable(mutation, keyId);
      const secret = await this.secrets.find(tx, key, secretId);
      if (!secret) {
        throw new SecretNotFoundError();
      }
      if (isLive(secret, now)) {
        const before = await this.liveSecrets(mutation, key);
        if (before.length === 1) {
          throw new LastSecretError();
        }
        if (secret.endsAt === null && isLastingRoot(key, role)) {
          await this.rules.assertHubKeepsRoot(mutation, key, [key]);
        }
        await this.record(mutation, 'hub.apikey.secret.end', key, before, () => this.setEnd(mutation, secret, now));
      }
      return { secret, now };
    });
  }

  private async replace(
    mutation: Mutation,
    key: ApiKey,
    before: readonly ApiSecret[],
    endsAt: number,
  ): Promise<RotatedSecret> {
    const { now, tx } = mutation;
    const { text, digest } = generateKeySecret(key.id);
    const made = newSecret(key, digest, now);
    await this.readable.keep(tx, made, text);
    const replaced = before.at(-1) ?? null;
    await this.record(mutation, 'hub.apikey.rotate', key, before, async () => {
      if (replaced) {
        // One that was to end before the overlap does still ends then.
        await this.setEnd(mutation, replaced, Math.min(replaced.endsAt ?? endsAt, endsAt));
      }
      await this.secrets.insert(tx, made);
    });
    return { text, made: { secret: made, now }, replaced: replaced && { secret: replaced, now } };
  }

  private async setEnd({ tx, now }: Mutation, secret: ApiSecret, endsAt: number): Promise<void> {
    secret.endsAt = endsAt;
    secret.ended = endsAt <= now;
    await this.secrets.setEnd(tx, secret);
  }

  private async liveSecrets({ tx, now }: Mutation, key: ApiKey): Promise<ApiSecret[]> {
    return (await this.secrets.list(key.hubId, key.id, tx)).filter((secret) => isLive(secret, now));
  }

  private async overlapOf({ tx, actor }: Mutation, wanted: number | undefined): Promise<number> {
    const { max_overlap_seconds: longest } = (await this.hubs.security(tx, actor.hubId)).rotation;
    if (wanted !== undefined && wanted > longest) {
      throw new OverlapTooLongError(longest);
    }
    return wanted ?? Math.min(USUAL_OVERLAP_SECONDS, longest);
  }

  /** Does the work, and records which secrets were live before and which are after, and until when. */
  private async record(
    mutation: Mutation,
    event: string,
    key: ApiKey,
    before: readonly ApiSecret[],
    work: () => Promise<void>,
  ): Promise<void> {
    const earlier = { secrets: before.map(factsOf) };
    await work();
    const later = { secrets: (await this.liveSecrets(mutation, key)).map(factsOf) };
    await this.activity.recordChange(mutation, event, { type: 'api_key', id: key.id }, earlier, later);
    mutation.changed({ kind: 'key', id: key.id });
  }
}

export function isLive({ ended, endsAt }: ApiSecret, now: number): boolean {
  return !ended && (endsAt === null || endsAt > now);
}

function lastingOf(secrets: readonly ApiSecret[]): string | undefined {
  return secrets.find(({ endsAt }) => endsAt === null)?.id;
}

/** `seen` is the lasting secret from before the hub's lock: another one now means that somebody was faster. */
function assertOneRotation(live: readonly ApiSecret[], seen: string | undefined): void {
  if (lastingOf(live) !== seen) {
    throw new RotatedMeanwhileError();
  }
  const ending = live.find(({ endsAt }) => endsAt !== null);
  if (ending && live.length > 1) {
    throw new RotationRunningError(ending.id, ending.endsAt ?? 0);
  }
}

function factsOf({ id, endsAt }: ApiSecret): { id: string; ends_at: string | null } {
  return { id, ends_at: isoOrNull(endsAt) };
}
