import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { seal, unseal } from '../../common/crypto/seal.js';
import { Config } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { type Mail, type ReadyMail } from './mail.js';
import { OutgoingMail } from './outgoing-mail.entity.js';

/** The table of messages that wait. What they say is readable only with the installation's secret. */
@Injectable()
export class MailBox {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  async insert(tx: EntityManager, id: string, mail: Mail, now: number): Promise<void> {
    const content = seal(this.key, Buffer.from(JSON.stringify(mail)), id);
    await tx.insert(OutgoingMail, { id, content, createdAt: now, attempts: 0, nextAttemptAt: now });
  }

  findDue(now: number, limit: number): Promise<OutgoingMail[]> {
    return this.database.reader
      .createQueryBuilder(OutgoingMail, 'mail')
      .where('mail.nextAttemptAt <= :now', { now })
      .orderBy('mail.nextAttemptAt', 'ASC')
      .addOrderBy('mail.id', 'ASC')
      .limit(limit)
      .getMany();
  }

  open({ id, content, createdAt }: OutgoingMail): ReadyMail {
    const mail = JSON.parse(unseal(this.key, content, id).toString()) as Mail;
    return { ...mail, id, writtenAt: createdAt };
  }

  async postpone({ id }: OutgoingMail, attempts: number, nextAttemptAt: number): Promise<void> {
    await this.database.transaction((tx) => tx.update(OutgoingMail, { id }, { attempts, nextAttemptAt }));
  }

  async remove({ id }: OutgoingMail): Promise<void> {
    await this.database.transaction((tx) => tx.delete(OutgoingMail, { id }));
  }

  private get key(): Buffer {
    return this.config.secret.deriveKey('mail-outbox');
  }
}
