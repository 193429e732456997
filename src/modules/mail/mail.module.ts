import { Module } from '@nestjs/common';
import { Config } from '../../config/index.js';
import { FileOutbox } from './file-outbox.js';
import { MailTransport } from './mail.js';
import { MailBox } from './mail-box.js';
import { MailWorker } from './mail-worker.js';
import { Mailer } from './mailer.js';
import { SmtpTransport } from './smtp-transport.js';

const transport = {
  provide: MailTransport,
  inject: [Config],
  useFactory: ({ mail }: Config): MailTransport =>
    mail.server ? new SmtpTransport(mail, mail.server) : new FileOutbox(mail, mail.folder),
};

@Module({ providers: [MailBox, Mailer, MailWorker, transport], exports: [Mailer, MailWorker] })
export class MailModule {}
