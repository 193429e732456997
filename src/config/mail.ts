import { join, resolve } from 'node:path';
import { isEmailAddress } from '../common/email.js';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte on; otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

/** How mail leaves. */
export interface MailSettings {
  /** Null = there is no mail server: messages become files in `folder`. */
  readonly server: SmtpServer | null;
  readonly folder: string;
  readonly from: { readonly name: string; readonly address: string };
}

export interface MailVariables {
  readonly MAIL_URL?: string | undefined;
  readonly MAIL_FROM?: string | undefined;
  readonly HUBGATE_DATA_DIR: string;
}

const USUAL_PORT = { 'smtp:': 587, 'smtps:': 465 } as const;
/** For files only: a mail server gets an address that it knows. */
const NOBODY = { name: 'Hubgate', address: 'hubgate@localhost' };
const FROM = /^(?:([^<>"\p{C}]{0,100})<([^<>\s]+)>|([^<>\s]+))$/u;

/** @throws TypeError for variables that `mailProblems` complains about */
export function mailSettings({ MAIL_URL, MAIL_FROM, HUBGATE_DATA_DIR }: MailVariables): MailSettings {
  const from = MAIL_FROM === undefined ? NOBODY : parseFrom(MAIL_FROM);
  const server = MAIL_URL === undefined ? null : parseServer(MAIL_URL);
  if (!from || server === undefined) {
    throw new TypeError('MAIL_URL or MAIL_FROM is not valid.');
  }
  return { server, folder: join(resolve(HUBGATE_DATA_DIR), 'outbox'), from };
}

/** What is wrong with the variables of mail, without their values: a URL holds a password. */
export function mailProblems({ MAIL_URL, MAIL_FROM }: MailVariables): string[] {
  const wrongUrl = MAIL_URL !== undefined && !parseServer(MAIL_URL);
  const wrongFrom = MAIL_FROM !== undefined && !parseFrom(MAIL_FROM);
  return [
    ...(wrongUrl ? ['MAIL_URL must be smtp://user:password@host:587 or smtps://user:password@host:465'] : []),
    ...(wrongFrom ? ['MAIL_FROM must be an e-mail address such as Hubgate <hubgate@example.com>'] : []),
    ...(MAIL_URL && MAIL_FROM === undefined ? ['MAIL_FROM is required with MAIL_URL: whom the mail is from'] : []),
  ];
}

function parseServer(text: string): SmtpServer | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url && /^\/?$/.test(url.pathname) && url.search === '' && url.hash === '';
  if (!plain || !url.hostname || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')) {
    return undefined;
  }
  const { protocol, hostname, port, username, password } = url;
  try {
    const auth = { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const server = { host, port: Number(port || USUAL_PORT[protocol]), secure: protocol === 'smtps:' };
    return username ? { ...server, auth } : server;
  } catch {
    return undefined;
  }
}

function parseFrom(text: string): MailSettings['from'] | undefined {
  const [, name = '', bracketed, bare] = FROM.exec(text) ?? [];
  const address = bracketed ?? bare ?? '';
  return isEmailAddress(address) ? { name: name.trim(), address } : undefined;
}
