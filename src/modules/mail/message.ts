import { type MailSettings } from '../../config/index.js';
import { type ReadyMail } from './mail.js';

/**
 * The message as nodemailer takes it. Names and addresses go in as separate fields, never as one header line, and
 * nothing in it can make it read a file or an address. The id is the same at each hand-over.
 */
export function messageOf({ id, writtenAt, to, name = '', subject, text }: ReadyMail, { from }: MailSettings) {
  return {
    from,
    to: { name, address: to },
    subject,
    text,
    date: new Date(writtenAt),
    messageId: `<${id}@${from.address.split('@').at(-1) ?? 'localhost'}>`,
    // RFC 3834: no out-of-office answers, please.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
