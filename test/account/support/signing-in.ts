import { expect } from 'vitest';
import { Secret, TOTP } from 'otpauth';
import { type Account } from '../../../src/modules/account/account.entity.js';
import { PasswordHasher, SignInDelays } from '../../../src/modules/account/index.js';
import { type Client } from '../../support/client.js';
import { type Answer, dataOf, type Json } from '../../support/management.js';
import { type TestAccount } from '../../support/people.js';
import { type TestApp } from '../../support/test-app.js';

export const LOGIN = '/v1/auth/login';
export const LOGOUT = '/v1/auth/logout';
export const ACCOUNT = '/v1/account';
export const SESSIONS = '/v1/account/sessions';
export const PASSWORD_PATH = '/v1/account/password';
export const TWO_FACTOR = '/v1/account/two-factor';
export const VERIFICATION = '/v1/account/verification';

export const PASSWORD = 'some quite ordinary words';
export const HOUR_MS = 3_600_000;

let nextAddress = 0;

/** An address of its own for each attempt of a test, so that tests do not spend each other's budgets. */
export function newAddress(): string {
  nextAddress += 1;
  return `203.0.${nextAddress >> 8}.${nextAddress & 255}`;
}

/** Delays pass at once; what they were is noted. */
export function skipDelays(app: TestApp): number[] {
  const delays: number[] = [];
  app.nest.get(SignInDelays).pass = (milliseconds) => {
    delays.push(milliseconds);
    return Promise.resolve();
  };
  return delays;
}

/** A person with a password of their choice. */
export async function person(app: TestApp, parts: Partial<Account> = {}): Promise<TestAccount> {
  return app.people.account({ passwordHash: await app.nest.get(PasswordHasher).hash(PASSWORD), ...parts });
}

export interface Attempt {
  readonly email?: string;
  readonly password?: string;
  readonly totp?: string;
  readonly recovery_code?: string;
}

export function attempt(app: TestApp, body: Attempt | Json, from = newAddress()) {
  return app.anonymous.from(from).post(LOGIN, { password: PASSWORD, ...body });
}

/** Signs in as a person does; the caller with the session. */
export async function signIn(app: TestApp, { email }: TestAccount, more: Attempt = {}, from?: string): Promise<Client> {
  return app.as(await tokenOf(attempt(app, { email, ...more }, from).expect(200)));
}

export async function tokenOf(answer: PromiseLike<Answer>): Promise<string> {
  return dataOf<{ token: string }>(await answer).token;
}

/** Code of the authenticator app at the server's time, some steps off. */
export function codeOf(app: TestApp, secret: string, steps = 0): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: app.clock.now() + steps * 30_000 });
}

export interface SecondFactorOf {
  readonly secret: string;
  readonly codes: string[];
}

/** Sets up a second factor as a person does. The next code comes with the next time step. */
export async function enable(app: TestApp, caller: Client): Promise<SecondFactorOf> {
  const { secret } = dataOf<{ secret: string }>(await caller.post(TWO_FACTOR, { password: PASSWORD }).expect(200));
  const answer = await caller.put(TWO_FACTOR, { totp: codeOf(app, secret) }).expect(200);
  app.clock.advance(60_000);
  return { secret, codes: dataOf<{ recovery_codes: string[] }>(answer).recovery_codes };
}

export async function accountRow(app: TestApp, { id }: TestAccount): Promise<Json> {
  const [row] = await app.database.query<Json>('SELECT * FROM account WHERE id = ?', [id]);
  expect(row).toBeDefined();
  return row as Json;
}

/** Runs something that must leave all accounts, sessions and memberships as they are. */
export async function leavesAccountsAlone<T>(app: TestApp, act: () => PromiseLike<T>): Promise<T> {
  const before = await stored(app);
  const result = await act();
  expect(await stored(app)).toEqual(before);
  return result;
}

async function stored(app: TestApp): Promise<object[][]> {
  const sessions =
    'SELECT id, account_id, digest, second_factor, password_once, expires_at, ended_at FROM account_session';
  const all = [sessions, 'SELECT * FROM account', 'SELECT * FROM membership', 'SELECT id FROM mail_outbox'];
  return Promise.all(all.map((sql) => app.database.query<object>(`${sql} ORDER BY id`)));
}
