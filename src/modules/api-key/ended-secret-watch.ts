import { Injectable, Logger } from '@nestjs/common';
import { type EndedSecretUse, type Mutation, Mutations, platformPrincipal, UsageLog } from '../../access/index.js';
import { PeriodicWriter } from '../../common/periodic-writer.js';
import { ActivityRecorder } from '../activity/index.js';
import { HubService } from '../hub/index.js';
import { RoleService } from '../role/index.js';
import { type ApiKey } from './api-key.entity.js';
import { keyFacts, switchOff } from './api-key.factory.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { isLastingRoot, KeyRules } from './api-key.rules.js';

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

/**
 * Acts when a secret turns up after its end: an alert in the activity once per key and day, and the key is switched off
 * where the hub's policy says so. Looks once a second, so a flood of such requests costs one short look each second.
 */
@Injectable()
export class EndedSecretWatch extends PeriodicWriter {
  private readonly logger = new Logger('EndedSecretWatch');

  constructor(
    private readonly usage: UsageLog,
    private readonly keys: ApiKeyRepository,
    private readonly rules: KeyRules,
    private readonly roles: RoleService,
    private readonly hubs: HubService,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
  ) {
    super(SECOND_MS);
  }

  async flush(): Promise<void> {
    for (const use of this.usage.drainEndedSecrets()) {
      try {
        await this.mutations.run(platformPrincipal(use.hubId), 'api-keys-manage', (mutation) =>
          this.act(mutation, use),
        );
      } catch (error) {
        this.usage.putBackEndedSecrets([use]);
        this.logger.warn(`The use of an ended secret of key ${use.keyId} is reported later: ${String(error)}`);
      }
    }
  }

  private async act(mutation: Mutation, use: EndedSecretUse): Promise<void> {
    const key = await this.keys.find(use.hubId, use.keyId, mutation.tx);
    if (key?.state !== 'live') {
      return;
    }
    const disable = await this.mustDisable(mutation, key);
    const today = Math.floor(mutation.now / DAY_MS);
    if ((key.reuseAlertDay ?? 0) < today) {
      key.reuseAlertDay = today;
      await this.alert(mutation, use, disable);
      await this.keys.update(mutation.tx, key);
    }
    if (disable) {
      await this.disable(mutation, key);
    }
  }

  private async alert(
    mutation: Mutation,
    { keyId, secretId, address }: EndedSecretUse,
    disabled: boolean,
  ): Promise<void> {
    await this.activity.record(mutation.tx, mutation.actor, mutation.now, {
      event: 'hub.apikey.secret.reused',
      status: 'alert',
      component: { type: 'api_key', id: keyId },
      annotations: { secret_id: secretId, address, disabled },
    });
  }

  private async disable(mutation: Mutation, key: ApiKey): Promise<void> {
    const before = keyFacts(key);
    switchOff(key, mutation.now);
    await this.keys.update(mutation.tx, key);
    const component = { type: 'api_key', id: key.id };
    await this.activity.recordChange(mutation, 'hub.apikey.update', component, before, keyFacts(key));
    mutation.changed({ kind: 'key', id: key.id });
  }

  /** Never the last root key: whoever found an old secret could then shut everybody out. */
  private async mustDisable(mutation: Mutation, key: ApiKey): Promise<boolean> {
    const { rotation } = await this.hubs.security(mutation.tx, key.hubId);
    if (!rotation.disable_on_reuse) {
      return false;
    }
    const role = await this.roles.findFacts(mutation.tx, key.hubId, key.roleId);
    const isWayIn = role !== null && isLastingRoot(key, role);
    return !isWayIn || (await this.rules.hasEqualWayIn(mutation, key));
  }
}
