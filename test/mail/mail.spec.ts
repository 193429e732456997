import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { seal } from '../../src/common/crypto/seal.js';
import { newId } from '../../src/common/ids.js';
import { type Mail, Mailer, MailTransport, MailWorker, type ReadyMail } from '../../src/modules/mail/index.js';
import { outboxOf } from '../support/outbox.js';
import { SmtpServer } from '../support/smtp-server.js';
import { hold } from '../support/stillness.js';
import { TestApp } from '../support/test-app.js';
import { dumpTables } from '../support/table-dump.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MAIL: Mail = { to: 'ada@example.com', name: 'Ada', subject: 'Welcome', text: 'Your token: open-sesame-1234\n' };

/** The lines of a head, but for the subject, which may be empty. */
const FIELDS = [
  'Auto-Submitted',
  'From',
  'To',
  'Message-ID',
  'Date',
  'Content-Transfer-Encoding',
  'MIME-Version',
  'Content-Type',
];

const open: (() => Promise<void>)[] = [];
let app: TestApp;

async function start(environment: NodeJS.ProcessEnv = {}): Promise<TestApp> {
  const started = await TestApp.start({ environment });
  open.push(() => started.stop());
  await hold(started);
  return started;
}

async function smtpServer(): Promise<SmtpServer> {
  const server = await SmtpServer.start();
  open.push(() => server.stop());
  return server;
}

const send = (mail: Mail, from = app): Promise<void> =>
  from.database.transaction((tx) => from.nest.get(Mailer).send(tx, mail));
const flush = (node = app): Promise<void> => node.nest.get(MailWorker).flush();
const waiting = () =>
  app.database.query<{ attempts: number; next_attempt_at: number; created_at: number }>('SELECT * FROM mail_outbox');
const files = (): string[] => (existsSync(outboxOf(app)) ? readdirSync(outboxOf(app)).sort() : []);
const contentOf = (file: string | undefined): string => readFileSync(join(outboxOf(app), file ?? ''), 'utf8');

/** Replaces how mail leaves. */
function deliverBy(deliver: (mail: ReadyMail) => Promise<void>): void {
  app.nest.get(MailTransport).deliver = deliver;
}

const refusing = (): Promise<void> =>
  Promise.reject(Object.assign(new Error('550 no ada@example.com'), { code: 'EENVELOPE' }));

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) {
    await close();
  }
});

describe('mail without a mail server', () => {
  beforeEach(async () => {
    app = await start();
  });

  it('becomes one file, which only the server may read, and leaves the database', async () => {
    await send(MAIL);
    expect(files()).toEqual([]);

    await flush();

    expect(files()).toEqual([expect.stringMatching(/^\d{8}T\d{6}Z-[0-9a-f]{24}\.eml$/)]);
    expect(contentOf(files()[0])).toMatch(/\r\nFrom: Hubgate <hubgate@localhost>\r\nTo: Ada <ada@example.com>\r\n/);
    expect(contentOf(files()[0])).toContain('Your token: open-sesame-1234');
    expect(statSync(join(outboxOf(app), files()[0] ?? '')).mode & 0o777).toBe(0o600);
    expect(statSync(outboxOf(app)).mode & 0o777).toBe(0o700);
    expect(await waiting()).toEqual([]);
  });

  it('is in the database only sealed, and only for its own row', async () => {
    await send(MAIL);
    const dump = JSON.stringify(await dumpTables(app.database));
    const hex = (text: string) => Buffer.from(text).toString('hex');

    for (const text of ['ada@example.com', 'Welcome', 'open-sesame-1234']) {
      expect(dump).not.toContain(text);
      expect(dump).not.toContain(hex(text));
    }
  });

  it('does not open what was sealed for another row: that one waits, and the others go out', async () => {
    const foreign = seal(app.config.secret.deriveKey('mail-outbox'), Buffer.from(JSON.stringify(MAIL)), newId());
    await send(MAIL);
    await app.database.transaction((tx) => tx.query('UPDATE mail_outbox SET content = ?', [foreign]));
    await send({ ...MAIL, to: 'bob@example.com' });

    await flush();

    expect(files()).toHaveLength(1);
    expect(contentOf(files()[0])).toContain('bob@example.com');
    expect(await waiting()).toMatchObject([{ attempts: 1 }]);
  });

  it('goes out only when its change commits', async () => {
    const failed = app.database.transaction(async (tx) => {
      await app.nest.get(Mailer).send(tx, MAIL);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');

    await flush();

    expect(files()).toEqual([]);
  });

  it('goes out after a restart when the process ended between commit and hand-over', async () => {
    await send(MAIL);
    const next = await app.secondNode();
    open.push(() => next.stop());

    await flush(next);

    expect(readdirSync(outboxOf(next))).toHaveLength(1);
    expect(await waiting()).toEqual([]);
  });

  it('is one file also when the process ended between hand-over and its note of it', async () => {
    await send(MAIL);
    const [row] = await app.database.query<Record<string, unknown>>('SELECT * FROM mail_outbox');
    await flush();
    const first = contentOf(files()[0]);
    await app.database.transaction((tx) =>
      tx.query('INSERT INTO mail_outbox (id, content, created_at, attempts, next_attempt_at) VALUES (?, ?, ?, ?, ?)', [
        row?.['id'],
        row?.['content'],
        row?.['created_at'],
        0,
        row?.['created_at'],
      ]),
    );

    await flush();

    expect(files()).toHaveLength(1);
    expect(contentOf(files()[0])).toBe(first);
  });

  it('waits while the folder cannot be made, and breaks nothing', async () => {
    writeFileSync(outboxOf(app), 'in the way');
    await send(MAIL);
    await flush();
    expect(await waiting()).toMatchObject([{ attempts: 1 }]);

    rmSync(outboxOf(app));
    app.clock.advance(MINUTE_MS);
    await flush();

    expect(files()).toHaveLength(1);
  });

  it('closes a folder that was left open to others', async () => {
    await send(MAIL);
    await flush();
    chmodSync(outboxOf(app), 0o755);
    await send(MAIL);
    await flush();

    expect(statSync(outboxOf(app)).mode & 0o777).toBe(0o700);
  });

  it('refuses a recipient that is no address, before anything is written', async () => {
    for (const to of [
      '',
      'ada',
      'a@b@c.example',
      'ada@example.com\r\nBcc: x@y.example',
      'ada@example.com, x@y.example',
    ]) {
      await expect(send({ ...MAIL, to })).rejects.toThrow('no e-mail address');
    }
    expect(await waiting()).toEqual([]);
  });

  it('cannot be given another header, recipient or body by a name or a subject', async () => {
    const evil = fc.array(
      fc.constantFrom(
        '\r\n',
        '\n',
        '\r',
        '\u2028',
        '\0',
        'Bcc: x@y.example',
        '<x@y.example>',
        ',',
        ';',
        '"',
        'ü',
        ' ',
        ':',
        '=?',
      ),
      { maxLength: 8 },
    );
    const parts = evil.map((some) => some.join(''));
    await fc.assert(
      fc.asyncProperty(parts, parts, async (name, subject) => {
        rmSync(outboxOf(app), { recursive: true, force: true });
        await send({ ...MAIL, name, subject });
        await flush();
        const [head = '', body] = contentOf(files()[0]).split('\r\n\r\n');
        const lines = head.split('\r\n').filter((line) => !line.startsWith(' '));
        expect(lines.map((line) => line.split(':', 1)[0]).filter((field) => field !== 'Subject')).toEqual(FIELDS);
        expect(lines.every((line) => /^[A-Z][A-Za-z-]+: ?/.test(line))).toBe(true);
        expect(lines.filter((line) => /^(bcc|cc|to|from):/i.test(line))).toHaveLength(2);
        const to =
          head
            .replaceAll(/\r\n /g, ' ')
            .split('\r\n')
            .find((line) => line.startsWith('To:')) ?? '';
        expect(to.replaceAll(/"(?:\\.|[^"\\])*"/g, '').match(/[^\s<]+@[^\s>]+/g)).toEqual(['ada@example.com']);
        expect(body).toContain('Your token');
      }),
      { numRuns: 60 },
    );
  });
});

describe('mail that cannot be handed over', () => {
  beforeEach(async () => {
    app = await start();
  });

  it('is tried again after 1, 2, 4 … minutes, at most 6 hours apart, and given up after three days', async () => {
    let tries = 0;
    deliverBy(() => {
      tries += 1;
      return refusing();
    });
    await send(MAIL);
    const pauses: number[] = [];
    await flush();
    for (let [row] = await waiting(); row; [row] = await waiting()) {
      const pause = row.next_attempt_at - app.clock.now();
      pauses.push(pause);
      const before = tries;
      app.clock.advance(pause - 1);
      await flush();
      expect(tries).toBe(before);
      app.clock.advance(1);
      await flush();
      expect(tries).toBe(before + 1);
    }

    const minutes = pauses.map((pause) => pause / MINUTE_MS);
    expect(minutes.slice(0, 10)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 360]);
    expect(new Set(minutes.slice(9))).toEqual(new Set([360]));
    const all = pauses.reduce((sum, pause) => sum + pause, 0);
    expect(all).toBeGreaterThanOrEqual(72 * HOUR_MS);
    expect(all).toBeLessThan(80 * HOUR_MS);
  });

  it('does not keep others from going out', async () => {
    const delivered: string[] = [];
    deliverBy((mail) => (mail.to.startsWith('bad') ? refusing() : Promise.resolve(void delivered.push(mail.to))));
    for (const to of ['bad1@example.com', 'good1@example.com', 'bad2@example.com', 'good2@example.com']) {
      await send({ ...MAIL, to });
    }

    await flush();

    expect(delivered).toEqual(['good1@example.com', 'good2@example.com']);
    expect(await waiting()).toHaveLength(2);
  });

  it('stops trying after three in a row: the server is away', async () => {
    let tries = 0;
    deliverBy(() => {
      tries += 1;
      return refusing();
    });
    for (let index = 0; index < 6; index += 1) {
      await send(MAIL);
    }

    await flush();

    expect(tries).toBe(3);
  });

  it('is handed over once by two nodes that look at the same time', async () => {
    const other = await app.secondNode();
    open.push(() => other.stop());
    const delivered: string[] = [];
    const slowly = async (mail: ReadyMail): Promise<void> => {
      delivered.push(mail.id);
      await flush(delivered.length > 1 ? app : other);
    };
    deliverBy(slowly);
    other.nest.get(MailTransport).deliver = slowly;
    await send(MAIL);

    await flush();

    expect(delivered).toHaveLength(1);
  });
});

describe('mail with a mail server', () => {
  it('is handed to it with user and password, from and to whom it says', async () => {
    const server = await smtpServer();
    app = await start({ MAIL_URL: server.url, MAIL_FROM: 'Plant Nord <hub@example.com>' });
    await send({ ...MAIL, text: 'One\n.\n.hidden\nTäxt\n' });

    await flush();

    expect(server.received).toMatchObject([{ from: 'MAIL FROM:<hub@example.com>', to: ['RCPT TO:<ada@example.com>'] }]);
    expect(server.commands).toContainEqual(`AUTH PLAIN ${Buffer.from('\0user\0p@ss').toString('base64')}`);
    const [mail] = server.received;
    expect(mail?.content).toMatch(/\r\nFrom: Plant Nord <hub@example.com>\r\nTo: Ada <ada@example.com>\r\n/);
    expect(mail?.content).toMatch(/Message-ID: <[0-9a-f]{24}@example.com>/);
    expect(mail?.content).toContain('\r\n.\r\n.hidden');
    expect(await waiting()).toEqual([]);
  });

  it('waits while the server refuses it or is away, and goes out when it is back', async () => {
    const server = await smtpServer();
    app = await start({ MAIL_URL: server.url, MAIL_FROM: 'hub@example.com' });
    server.refusal = '450 later, <ada@example.com>';
    await send(MAIL);
    await flush();
    expect(await waiting()).toMatchObject([{ attempts: 1 }]);

    server.refusal = null;
    app.clock.advance(MINUTE_MS);
    await flush();

    expect(server.received).toHaveLength(1);
    expect(await waiting()).toEqual([]);
  });
});
