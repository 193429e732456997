import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret, TOTP } from 'otpauth';
import { Database } from '../../src/database/index.js';
import { useCli } from '../cli/support/cli.js';
import { ServerProcess } from '../support/server-process.js';
import { type Dump, dumpTables } from '../support/table-dump.js';

const test = useCli();
const EMAIL = 'canary@example.com';
const CHOSEN = 'a canary among ordinary words';
const MISTYPED = 'a canary among ordinary wards';
const dataDir = mkdtempSync(join(tmpdir(), 'hubgate-leaks-'));

let server: ServerProcess;
let dump: Dump;
let output: string;
/** What nobody may read anywhere, by what it is. */
const secrets = new Map<string, string>();
const answers: { what: string; status: number; text: string }[] = [];

interface Answer {
  readonly data: Record<string, string>;
}

async function call(what: string, method: string, path: string, body?: object, token?: string): Promise<Answer> {
  const headers = {
    ...(body && { 'content-type': 'application/json' }),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const answer = await fetch(server.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  answers.push({ what, status: answer.status, text });
  return JSON.parse(text) as Answer;
}

async function live(): Promise<void> {
  const made = await test.cli.json<{ one_time_password: string }>('account', 'create', '--email', EMAIL);
  secrets.set('the one-time password', made.one_time_password);
  const once = { email: EMAIL, password: made.one_time_password };
  const { token: first = '' } = (await call('login with a one-time password', 'POST', '/v1/auth/login', once)).data;
  secrets.set('the first token', first);
  const choice = { current_password: made.one_time_password, password: CHOSEN };
  await call('the choice of a password', 'PUT', '/v1/account/password', choice, first);
  secrets.set('the chosen password', CHOSEN);
  secrets.set('the mistyped password', MISTYPED);
  await call('a mistyped password', 'POST', '/v1/auth/login', { email: EMAIL, password: MISTYPED });
  await call('a password for an address', 'POST', '/v1/auth/login', { email: MISTYPED, password: EMAIL });
  const { token = '' } = (await call('login', 'POST', '/v1/auth/login', { email: EMAIL, password: CHOSEN })).data;
  secrets.set('the token', token);
  await secondFactor(token);
  await call('a request for verification', 'POST', '/v1/account/verification', undefined, token);
  const mailed = /hgt_\w+/.exec(await lastMail())?.[0] ?? '';
  secrets.set('the mailed token', mailed);
  await call('a wrong verification', 'PUT', '/v1/account/verification', { token: `${mailed}x` }, token);
  await call('the token as a name', 'PATCH', '/v1/account', { [mailed]: token }, token);
  await call('the verification', 'PUT', '/v1/account/verification', { token: mailed }, token);
  await call('the list of sessions', 'GET', '/v1/account/sessions', undefined, token);
  await call('the token in a query', 'GET', `/v1/account?x=${token}`, undefined, token);
}

async function secondFactor(token: string): Promise<void> {
  const proof = { password: CHOSEN };
  const { secret = '' } = (await call('a second factor', 'POST', '/v1/account/two-factor', proof, token)).data;
  secrets.set('the secret of the app', secret);
  secrets.set('the bytes of that secret', Buffer.from(Secret.fromBase32(secret).buffer).toString('hex'));
  const totp = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  const confirmed = await call('its confirmation', 'PUT', '/v1/account/two-factor', { totp }, token);
  const codes = confirmed.data['recovery_codes'] as unknown as string[];
  codes.forEach((code, index) => secrets.set(`recovery code ${index}`, code));
  await call('a wrong code', 'POST', '/v1/auth/login', { email: EMAIL, ...proof, recovery_code: 'AAAA-BBBB' });
}

/** The worker takes it right after the commit; the server is another process, so there is nothing to wait for but it. */
async function lastMail(): Promise<string> {
  const folder = join(dataDir, 'outbox');
  for (let tries = 0; tries < 200; tries += 1) {
    const files = safely(() => readdirSync(folder)).filter((file) => file.endsWith('.eml'));
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').replaceAll(/=\r\n/g, ''));
    const found = texts.find((text) => text.includes('hgt_'));
    if (found) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('No mail came.');
}

function safely(read: () => string[]): string[] {
  try {
    return read();
  } catch {
    return [];
  }
}

beforeAll(async () => {
  server = await ServerProcess.start(test.databaseUrl, { LOG_LEVEL: 'debug', HUBGATE_DATA_DIR: dataDir });
  await live();
  await server.stop();
  ({ output } = server);
  const database = new Database({ url: test.databaseUrl, entities: [], migrations: [] });
  await database.connect();
  dump = await dumpTables(database);
  await database.close();
}, 90_000);
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const hitsIn = (text: string): string[] =>
  [...secrets].filter(([, secret]) => text.toLowerCase().includes(secret.toLowerCase())).map(([what]) => what);

describe('the secrets of a person who used everything', () => {
  it('were used as they should be', () => {
    expect(secrets.size).toBe(18);
    expect([...secrets.values()].filter((secret) => secret.length < 16)).toEqual([]);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    const refused = answers.filter(({ status }) => status >= 400).map(({ what }) => what);
    expect(refused).toEqual([
      'a mistyped password',
      'a password for an address',
      'a wrong code',
      'a wrong verification',
      'the token as a name',
      'the token in a query',
    ]);
  });

  it('are in no line of the log, where what happened is', () => {
    const events = [...output.matchAll(/"msg":"(account\.[^"]+)"/g)].map(([, event]) => event);

    expect(hitsIn(output)).toEqual([]);
    expect(new Set(events)).toEqual(
      new Set([
        'account.login',
        'account.login.refused',
        'account.password.changed',
        'account.2fa.enabled',
        'account.email.verified',
      ]),
    );
  });

  it('are in no table, as text or as bytes', () => {
    const text = JSON.stringify(dump);
    const hex = [...secrets].filter(([, secret]) => text.includes(Buffer.from(secret).toString('hex')));
    expect([...hitsIn(text), ...hex]).toEqual([]);
  });

  it('are in no answer but the one that gave them', () => {
    const given = new Set(['login with a one-time password', 'login', 'a second factor', 'its confirmation']);
    const leaks = answers.filter(({ what, text }) => !given.has(what) && hitsIn(text).length > 0);
    expect(leaks).toEqual([]);
  });
});
