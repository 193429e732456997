import { createTransport } from 'nodemailer';
import { type MailSettings, type SmtpServer } from '../../config/index.js';
import { MailTransport, type ReadyMail } from './mail.js';
import { messageOf } from './message.js';

const CONNECT_WITHIN_MS = 10_000;
const SILENCE_MS = 20_000;

/** Hands messages to a mail server. A password is not sent over a connection that anybody could read. */
export class SmtpTransport extends MailTransport {
  private readonly server: ReturnType<typeof createTransport>;

  constructor(
    private readonly settings: MailSettings,
    { host, port, secure, auth }: SmtpServer,
  ) {
    super();
    this.server = createTransport({
      host,
      port,
      secure,
      ...(auth && { auth }),
      requireTLS: auth !== undefined && !isLoopback(host),
      connectionTimeout: CONNECT_WITHIN_MS,
      greetingTimeout: CONNECT_WITHIN_MS,
      socketTimeout: SILENCE_MS,
    });
  }

  async deliver(mail: ReadyMail): Promise<void> {
    await this.server.sendMail(messageOf(mail, this.settings));
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || host.startsWith('127.');
}
