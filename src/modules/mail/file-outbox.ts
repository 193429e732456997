import { chmod, mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { type MailSettings } from '../../config/index.js';
import { MailTransport, type ReadyMail } from './mail.js';
import { messageOf } from './message.js';

/** Without a mail server, each message becomes a file that only the server's user can read; a mail program opens it. */
export class FileOutbox extends MailTransport {
  private readonly composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  constructor(
    private readonly settings: MailSettings,
    private readonly folder: string,
  ) {
    super();
  }

  /** Written whole beside its place and then put there; a message that is handed over twice is one file. */
  async deliver(mail: ReadyMail): Promise<void> {
    const { message } = await this.composer.sendMail(messageOf(mail, this.settings));
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await chmod(this.folder, 0o700);
    const time = new Date(mail.writtenAt).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const path = join(this.folder, `${time}-${mail.id}.eml`);
    await writeSafely(`${path}.draft`, message as Buffer);
    await rename(`${path}.draft`, path);
  }
}

async function writeSafely(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
