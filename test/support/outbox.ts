import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MailWorker } from '../../src/modules/mail/index.js';
import { type TestApp } from './test-app.js';

export interface SentMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly raw: string;
}

export function outboxOf(app: TestApp): string {
  return join(app.config.dataDir, 'outbox');
}

/** Everything that was mailed to this address so far, the oldest first. */
export async function mailTo(app: TestApp, address: string): Promise<SentMail[]> {
  await app.nest.get(MailWorker).flush();
  const folder = outboxOf(app);
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  return files.map((file) => read(readFileSync(join(folder, file), 'utf8'))).filter(({ to }) => to.includes(address));
}

function read(raw: string): SentMail {
  const [head = '', ...body] = raw.split('\r\n\r\n');
  const field = (name: string) => new RegExp(`^${name}: (.*(?:\r\n .*)*)$`, 'm').exec(head)?.[1] ?? '';
  const text = body.join('\r\n\r\n').replaceAll(/=\r\n/g, '').replaceAll('=3D', '=');
  return { to: field('To'), subject: field('Subject'), text, raw };
}
