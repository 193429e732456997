import { Injectable } from '@nestjs/common';
import { seal, unseal } from '../../common/crypto/seal.js';
import { Config } from '../../config/index.js';
import { type AlertSubscription } from './alert-subscription.entity.js';
import { newWebhookSecret } from './webhook-secret.js';

/** The secrets of subscriptions. In the database they are readable only with the installation's secret. */
@Injectable()
export class SubscriptionSecrets {
  constructor(private readonly config: Config) {}

  /** A new one, and how it is kept. */
  make({ id }: AlertSubscription): { readonly text: string; readonly sealed: Buffer } {
    const text = newWebhookSecret();
    return { text, sealed: seal(this.key, Buffer.from(text), id) };
  }

  /** Those that sign now, the newest first. */
  signing({ id, secret, previousSecret, previousEndsAt }: AlertSubscription, now: number): string[] {
    const rotating = previousSecret !== null && previousEndsAt !== null && previousEndsAt > now;
    const sealed = [secret, ...(rotating ? [previousSecret] : [])];
    return sealed.flatMap((each) => (each === null ? [] : unseal(this.key, each, id).toString()));
  }

  private get key(): Buffer {
    return this.config.secret.deriveKey('webhook-secret');
  }
}
