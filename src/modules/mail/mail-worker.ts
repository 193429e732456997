import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { PeriodicWriter } from '../../common/periodic-writer.js';
import { Database, withLockIfFree } from '../../database/index.js';
import { MailTransport } from './mail.js';
import { MailBox } from './mail-box.js';
import { type OutgoingMail } from './outgoing-mail.entity.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const INTERVAL_MS = 10_000;
const LONGEST_PAUSE_MS = 6 * HOUR_MS;
const GIVE_UP_AFTER_MS = 72 * HOUR_MS;
const CHUNK = 20;
/** So many failures in a row mean that the server is away: the other messages need not be tried now. */
const FAILURES_IN_A_ROW = 3;
/** How long a stop waits for the message under way; what was not removed goes out once more at the next start. */
const LAST_MESSAGE_MS = 3000;

/**
 * Hands over what waits: right after the commit, and every ten seconds for what other nodes or a crash left. One node
 * at a time does it. A message is removed after its hand-over, so it goes out at least once.
 */
@Injectable()
export class MailWorker extends PeriodicWriter {
  private readonly logger = new Logger('Mail');
  private running: Promise<void> | undefined;
  private again = false;
  private stopping = false;
  private asleep = false;

  constructor(
    private readonly box: MailBox,
    private readonly transport: MailTransport,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super(INTERVAL_MS);
  }

  override onApplicationBootstrap(): void {
    super.onApplicationBootstrap();
    this.wake();
  }

  /** What waits is safe in the database: nothing is begun any more. From now on it works only when told to by `flush`. */
  override async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.asleep = true;
    const patience = new AbortController();
    const tooLong = sleep(LAST_MESSAGE_MS, undefined, { signal: patience.signal, ref: false }).catch(() => {});
    await Promise.race([super.onApplicationShutdown(), tooLong]);
    patience.abort();
    this.stopping = false;
  }

  /** There may be something to hand over. Returns at once; does nothing where no server runs. */
  wake(): void {
    if (this.started && !this.asleep) {
      this.again = true;
      void this.flush();
    }
  }

  /** Hands over all that is due, unless another node is at it. Never throws; runs once at a time. */
  flush(): Promise<void> {
    if (this.stopping) {
      return this.running ?? Promise.resolve();
    }
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    try {
      do {
        this.again = false;
        if ((await this.box.findDue(this.clock.now(), 1)).length > 0) {
          await withLockIfFree(this.database, 'mail', () => this.handOverAll());
        }
      } while (this.again);
    } catch (error) {
      this.logger.warn(`Mail waits, because the outbox cannot be read: ${String(error)}`);
    }
  }

  private async handOverAll(): Promise<void> {
    let failures = 0;
    for (let due = await this.next(); due.length > 0; due = await this.next()) {
      for (const mail of due) {
        failures = (await this.handOver(mail)) ? 0 : failures + 1;
        if (failures === FAILURES_IN_A_ROW || this.stopping) {
          return;
        }
      }
    }
  }

  private next(): Promise<OutgoingMail[]> {
    return this.box.findDue(this.clock.now(), CHUNK);
  }

  private async handOver(mail: OutgoingMail): Promise<boolean> {
    try {
      await this.transport.deliver(this.box.open(mail));
    } catch (error) {
      await this.putOff(mail, error);
      return false;
    }
    await this.box.remove(mail);
    this.logger.debug({ mail: mail.id }, 'mail handed over');
    return true;
  }

  private async putOff(mail: OutgoingMail, error: unknown): Promise<void> {
    const now = this.clock.now();
    const attempts = mail.attempts + 1;
    const facts = { mail: mail.id, attempts, ...reasonOf(error) };
    if (now - mail.createdAt >= GIVE_UP_AFTER_MS) {
      await this.box.remove(mail);
      this.logger.error(facts, 'A mail was given up: it could not be handed over for three days.');
      return;
    }
    const pause = Math.min(MINUTE_MS * 2 ** mail.attempts, LONGEST_PAUSE_MS);
    await this.box.postpone(mail, attempts, now + pause);
    this.logger.warn(facts, 'A mail could not be handed over; it is tried again.');
  }
}

/** Codes only: the words of a mail server repeat the recipient, and sometimes the message. */
function reasonOf(error: unknown): { code: string; responseCode?: number } {
  const { code, responseCode, name } = error as { code?: unknown; responseCode?: unknown; name?: string };
  return {
    code: typeof code === 'string' ? code : (name ?? 'unknown'),
    ...(typeof responseCode === 'number' && { responseCode }),
  };
}
