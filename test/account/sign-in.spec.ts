import { describe, expect, it } from 'vitest';
import { hash } from '@node-rs/argon2';
import { PasswordHasher } from '../../src/modules/account/index.js';
import { useHeldApp } from '../support/held-app.js';
import { dataOf, type Json, refusalOf, toldBy, WHOAMI } from '../support/management.js';
import { statementsOf } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';
import {
  ACCOUNT,
  accountRow,
  type Attempt,
  attempt,
  codeOf,
  enable,
  HOUR_MS,
  leavesAccountsAlone,
  LOGIN,
  PASSWORD,
  person,
  signIn,
  skipDelays,
} from './support/signing-in.js';

let app: TestApp;
useHeldApp((one) => {
  app = one;
  skipDelays(app);
});

/** What a refusal tells in its headers, apart from the request's id, the time and the length of the answer's id. */
function headersOf(answer: { headers: Json }): Json {
  const { 'x-request-id': _id, date: _date, ...rest } = answer.headers;
  return rest;
}

describe('signing in: 200', () => {
  it('gives a session that lasts half a day, shown once and stored as its digest', async () => {
    const account = await person(app);
    const answer = await attempt(app, { email: account.email }).expect(200);

    const { token, expires, password_change_required } = dataOf<Json>(answer);
    expect(token).toMatch(/^hgs_[0-9a-f]{24}_[0-9A-Za-z]{38}$/);
    expect(Date.parse(String(expires))).toBe(app.clock.now() + 12 * HOUR_MS);
    expect(password_change_required).toBe(false);
    const me = dataOf<Json>(await app.as(String(token)).get(ACCOUNT).expect(200));
    expect(me).toMatchObject({ id: account.id, events: { last_login: new Date(app.clock.now()).toISOString() } });
    const sessions = await app.database.query<Json>('SELECT * FROM account_session WHERE account_id = ?', [account.id]);
    expect(sessions).toMatchObject([{ id: String(token).slice(4, 28), second_factor: 0, password_once: 0 }]);
    expect(JSON.stringify(sessions)).not.toContain(String(token).slice(29));
  });

  it('ends with its time', async () => {
    const caller = await signIn(app, await person(app));
    app.clock.advance(12 * HOUR_MS);

    expect(refusalOf(await caller.get(ACCOUNT).expect(401))).toMatchObject({ code: '401.auth-expired' });
  });

  it('does not care for case or blanks of the address, and for how the password was composed', async () => {
    const passwordHash = await app.nest.get(PasswordHasher).hash('Café ordinaire, très');
    const account = await person(app, { passwordHash });

    const answer = await attempt(app, {
      email: ` ${account.email.toUpperCase()}`,
      password: 'Cafe\u0301 ordinaire, tre\u0300s',
    });

    expect(answer.status).toBe(200);
  });

  it('lets a member into its hubs', async () => {
    const hub = await app.create.hub();
    const account = await person(app);
    await app.people.join(hub, account, hub.roles['owner'] ?? '');

    const caller = await signIn(app, account);

    expect(dataOf(await caller.get(WHOAMI).expect(200))).toMatchObject({ kind: 'session', hub: { id: hub.id } });
  });

  it('makes a new session each time, and keeps the others', async () => {
    const account = await person(app);
    const [one, two] = [await signIn(app, account), await signIn(app, account)];

    await one.get(ACCOUNT).expect(200);
    expect((await two.get(ACCOUNT)).status).toBe(200);
  });

  it('ends the oldest session beyond a hundred', async () => {
    const account = await person(app);
    for (let index = 0; index < 100; index += 1) {
      await app.people.session(account);
    }
    await signIn(app, account);

    const sql = 'SELECT COUNT(*) AS live FROM account_session WHERE account_id = ? AND ended_at IS NULL';
    expect(await app.database.query(sql, [account.id])).toEqual([{ live: 100 }]);
  });

  it('hashes an older hash anew, with the parameters of today', async () => {
    const account = await person(app, { passwordHash: await hash(PASSWORD, { memoryCost: 8192, timeCost: 1 }) });
    await signIn(app, account);

    expect(await accountRow(app, account)).toMatchObject({ password_hash: expect.stringContaining('m=19456,t=2,p=1') });
    await signIn(app, account);
  });

  it('ignores a code where none is asked for', async () => {
    expect((await attempt(app, { email: (await person(app)).email, totp: '123456' })).status).toBe(200);
  });
});

describe('signing in: 401, and nobody learns why', () => {
  const refusals: Record<string, () => Promise<Attempt>> = {
    'an address that nobody has': () => Promise.resolve({ email: 'nobody@example.com' }),
    'what is no address': () => Promise.resolve({ email: "' OR 1=1 --" }),
    'a long text for an address': () => Promise.resolve({ email: 'x'.repeat(1000) }),
    'an empty address': () => Promise.resolve({ email: '' }),
    'a wrong password': async () => ({ email: (await person(app)).email, password: 'some quite ordinary word' }),
    'an empty password': async () => ({ email: (await person(app)).email, password: '' }),
    'a password that is too long to be one': async () => ({
      email: (await person(app)).email,
      password: PASSWORD.padEnd(600),
    }),
    'an account without a password': async () => ({ email: (await person(app, { passwordHash: null })).email }),
    'a deleted account': async () => ({ email: (await person(app, { state: 'deleted' })).email }),
    'a one-time password that has ended': async () => ({
      email: (await person(app, { passwordOnce: true, passwordEndsAt: app.clock.now() })).email,
    }),
    'a wrong password with a code': async () => ({ email: (await person(app)).email, password: 'x', totp: '123456' }),
    'a wrong password of an account with a second factor': async () => {
      const account = await person(app);
      await enable(app, await signIn(app, account));
      return { email: account.email, password: 'x', totp: '123456' };
    },
  };

  it('in status, body and headers', async () => {
    const told: object[] = [];
    for (const make of Object.values(refusals)) {
      const body = await make();
      const answer = await leavesAccountsAlone(app, () => attempt(app, body));
      told.push({ ...toldBy(answer), headers: headersOf(answer) });
    }

    expect(told[0]).toMatchObject({
      status: 401,
      error: { code: '401.auth-invalid' },
      headers: { 'www-authenticate': 'Bearer realm="hubgate"', 'cache-control': 'no-store' },
    });
    expect(told.map((one) => JSON.stringify(one)).filter((one) => one !== JSON.stringify(told[0]))).toEqual([]);
  });

  it('in work: each path hashes once and sends the same statements', async () => {
    const hasher = app.nest.get(PasswordHasher);
    const verify = hasher.verify.bind(hasher);
    let hashed = 0;
    hasher.verify = (...input) => {
      hashed += 1;
      return verify(...input);
    };
    const work: [string, number, number][] = [];
    for (const [name, make] of Object.entries(refusals)) {
      const body = await make();
      hashed = 0;
      const statements = await statementsOf(app, () => attempt(app, body).expect(401));
      work.push([name, hashed, statements]);
    }
    hasher.verify = verify;

    expect(work.filter(([, hashes, statements]) => hashes !== 1 || statements !== work[0]?.[2])).toEqual([]);
  });
});

describe('signing in with a second factor', () => {
  it('200: takes a code once, and says so of the session', async () => {
    const account = await person(app);
    const { secret } = await enable(app, await signIn(app, account));
    const totp = codeOf(app, secret);

    const caller = await signIn(app, account, { totp });

    expect(dataOf<Json[]>(await caller.get('/v1/account/sessions').expect(200))[0]).toMatchObject({
      second_factor: true,
      current: true,
    });
    const again = await leavesAccountsAlone(app, () => attempt(app, { email: account.email, totp }).expect(403));
    expect(refusalOf(again).code).toBe('403.2fa-failed');
  });

  it('403.2fa-required: a right password without a code makes no session', async () => {
    const account = await person(app);
    await enable(app, await signIn(app, account));

    const answer = await leavesAccountsAlone(app, () => attempt(app, { email: account.email }).expect(403));

    expect(refusalOf(answer).code).toBe('403.2fa-required');
  });

  it('403.2fa-failed: a wrong code, one of long ago, and none that only looks like one', async () => {
    const account = await person(app);
    const { secret } = await enable(app, await signIn(app, account));
    const right = Number(codeOf(app, secret));
    const wrong = [
      String((right + 1) % 1_000_000).padStart(6, '0'),
      codeOf(app, secret, -3),
      '',
      'AAAA-AAAA-AAAA-AAAA',
    ];

    for (const totp of wrong) {
      const answer = await leavesAccountsAlone(app, () => attempt(app, { email: account.email, totp }).expect(403));
      expect(refusalOf(answer).code).toBe('403.2fa-failed');
    }
  });

  it('200: takes each recovery code once', async () => {
    const account = await person(app);
    const { codes } = await enable(app, await signIn(app, account));

    await signIn(app, account, { recovery_code: String(codes[0]).toLowerCase() });
    const again = await attempt(app, { email: account.email, recovery_code: codes[0] }).expect(403);
    await signIn(app, account, { recovery_code: codes[1] });

    expect(refusalOf(again).code).toBe('403.2fa-failed');
    expect(JSON.parse(String((await accountRow(app, account))['recovery_codes']))).toHaveLength(8);
  });
});

describe('signing in: 422', () => {
  it.each([
    [{}, '/email', '422.missing-argument'],
    [{ email: 'a@example.com', password: 1 }, '/password', '422.invalid-argument'],
    [{ email: ['a@example.com'] }, '/email', '422.invalid-argument'],
    [{ email: { $ne: null } }, '/email', '422.invalid-argument'],
    [{ email: 'a@example.com', totp: 123456 }, '/totp', '422.invalid-argument'],
    [{ email: 'a@example.com', totp: '1'.repeat(65) }, '/totp', '422.invalid-argument'],
    [{ email: 'x'.repeat(1025) }, '/email', '422.invalid-argument'],
    [{ email: 'a@example.com', account_id: 'x' }, '/account_id', '422.invalid-argument'],
  ])('%j is refused at %s', async (body, source, code) => {
    expect(refusalOf(await attempt(app, body).expect(422))).toMatchObject({ source, code });
  });

  it('takes nothing from the query, and says that a credential there has leaked', async () => {
    const answer = await app.anonymous
      .post(`${LOGIN}?password=x`, { email: 'a@example.com', password: 'x' })
      .expect(422);
    expect(refusalOf(answer)).toMatchObject({ source: '/query', detail: expect.stringContaining('never accepted') });
  });
});
