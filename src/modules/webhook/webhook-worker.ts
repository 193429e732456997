import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { PeriodicWriter } from '../../common/periodic-writer.js';
import { GIVE_UP_AFTER_MS } from './back-off.js';
import { SubscriptionHealth } from './subscription-health.js';
import { WebhookCaller } from './webhook-caller.js';
import { WebhookOutbox } from './webhook-outbox.js';

const INTERVAL_MS = 10_000;
const MINUTE_MS = 60_000;
/** Longer than a call can take: what is claimed so long ago is of a node that died. */
const CLAIMED_MS = 2 * MINUTE_MS;
const HUBS_AT_A_TIME = 32;
const CALLS_PER_HUB = 4;
/** So many rounds, and the next hub gets the place. */
const ROUNDS_PER_TURN = 10;
const TIDY_EVERY_MS = 10 * MINUTE_MS;
const TELL_DROPS_EVERY_MS = 10 * MINUTE_MS;
/** How long a stop waits for calls under way; what was not settled is called once more. */
const LAST_CALLS_MS = 3000;

/**
 * Sends what waits: right after the commit, and every ten seconds what is due again. Every node does; what one of them
 * has claimed in the database the others leave alone. A message is removed after it has arrived, so it arrives at least
 * once. Hubs take turns, so that one with many messages, or slow receivers, stops nobody else.
 */
@Injectable()
export class WebhookWorker extends PeriodicWriter {
  private readonly logger = new Logger('Webhooks');
  private readonly underWay = new Map<string, Promise<void>>();
  private running: Promise<void> | undefined;
  private woken = (): void => {};
  private again = false;
  private stopping = false;
  private asleep = false;
  private tidiedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly outbox: WebhookOutbox,
    private readonly health: SubscriptionHealth,
    private readonly caller: WebhookCaller,
    private readonly clock: Clock,
  ) {
    super(INTERVAL_MS);
  }

  override onApplicationBootstrap(): void {
    super.onApplicationBootstrap();
    this.wake();
  }

  /** Begins nothing any more. From now on it works only when told to by `flush`. */
  override async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.asleep = true;
    this.stop();
    this.woken();
    const patience = new AbortController();
    const tooLong = sleep(LAST_CALLS_MS, undefined, { signal: patience.signal, ref: false }).catch(() => {});
    await Promise.race([this.running, tooLong]);
    patience.abort();
    this.stopping = false;
  }

  /** There may be something to send. Returns at once; does nothing where no server runs. */
  wake(): void {
    if (this.started && !this.asleep) {
      void this.flush();
    }
  }

  /** Sends all that is due. Never throws; runs once at a time. */
  flush(): Promise<void> {
    if (this.stopping) {
      return this.running ?? Promise.resolve();
    }
    this.again = true;
    this.woken();
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    try {
      while (this.again || this.underWay.size > 0) {
        const awake = new Promise<void>((resolve) => (this.woken = resolve));
        this.again = false;
        await this.startTurns();
        if (this.underWay.size > 0) {
          await Promise.race([awake, ...this.underWay.values()]);
        }
      }
      await this.tidy();
    } catch (error) {
      this.logger.warn(`Webhooks wait, because their outbox cannot be read: ${String(error)}`);
      await Promise.all(this.underWay.values());
    }
  }

  private async startTurns(): Promise<void> {
    if (this.stopping) {
      return;
    }
    const due = (await this.outbox.hubsDue(this.clock.now())).filter((hubId) => !this.underWay.has(hubId));
    for (const hubId of due.slice(0, HUBS_AT_A_TIME - this.underWay.size)) {
      const turn = this.serve(hubId).catch((error: unknown) => {
        this.logger.warn({ hub: hubId, error: String(error) }, 'the webhooks of a hub have to wait');
      });
      this.underWay.set(
        hubId,
        turn.finally(() => this.underWay.delete(hubId)),
      );
    }
  }

  /** One hub's turn. After it, whoever has waited longest comes, which may be the same hub. */
  private async serve(hubId: string): Promise<void> {
    for (let round = 0; round < ROUNDS_PER_TURN && !this.stopping; round += 1) {
      const claimed = await this.outbox.claim(hubId, this.clock.now(), CLAIMED_MS, CALLS_PER_HUB);
      if (claimed.length === 0) {
        return;
      }
      await Promise.all(claimed.map((delivery) => this.caller.deliver(delivery)));
    }
    this.again = true;
  }

  /** What nobody will send, and drops that nobody was told of. */
  private async tidy(): Promise<void> {
    const now = this.clock.now();
    if (now - this.tidiedAt >= TIDY_EVERY_MS) {
      this.tidiedAt = now;
      await this.outbox.removeBefore(now - 2 * GIVE_UP_AFTER_MS);
    }
    for (const { hubId } of await this.outbox.untold(now - TELL_DROPS_EVERY_MS)) {
      await this.health.tellDropped(hubId);
    }
  }
}
