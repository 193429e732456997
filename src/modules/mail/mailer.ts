import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { isEmailAddress } from '../../common/email.js';
import { newId } from '../../common/ids.js';
import { Database } from '../../database/index.js';
import { type Mail } from './mail.js';
import { MailBox } from './mail-box.js';
import { MailWorker } from './mail-worker.js';

/** Characters that could end a header line or turn its direction. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]+/gu;

/** Sends mail with a change: it goes out if and only if the change commits, soon after, at least once. */
@Injectable()
export class Mailer {
  constructor(
    private readonly box: MailBox,
    private readonly worker: MailWorker,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @param tx the transaction of the change; it is the current one */
  async send(tx: EntityManager, mail: Mail): Promise<void> {
    if (!isEmailAddress(mail.to)) {
      throw new TypeError('The recipient of a mail is no e-mail address.');
    }
    const now = this.clock.now();
    const line = (text: string) => text.replaceAll(UNSEEN, ' ').trim();
    const safe = { ...mail, name: line(mail.name ?? ''), subject: line(mail.subject) };
    await this.box.insert(tx, newId(now), safe, now);
    this.database.afterTransaction((outcome) => outcome === 'committed' && this.worker.wake());
  }
}
