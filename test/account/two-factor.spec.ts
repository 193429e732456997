import { describe, expect, it } from 'vitest';
import { useHeldApp } from '../support/held-app.js';
import { dataOf, type Json, refusalOf, WHOAMI } from '../support/management.js';
import { mailTo } from '../support/outbox.js';
import { tamper } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';
import {
  ACCOUNT,
  accountRow,
  attempt,
  codeOf,
  enable,
  leavesAccountsAlone,
  PASSWORD,
  person,
  SESSIONS,
  signIn,
  skipDelays,
  TWO_FACTOR,
} from './support/signing-in.js';

const CODES = `${TWO_FACTOR}/recovery-codes`;

let app: TestApp;
useHeldApp((one) => {
  app = one;
  skipDelays(app);
});

const secretOf = (answer: { body: unknown; status: number }): string => dataOf<{ secret: string }>(answer).secret;

describe('setting up a second factor', () => {
  it('gives a secret once; nothing is asked for until it is confirmed', async () => {
    const account = await person(app);
    const caller = await signIn(app, account);

    const made = dataOf<Json>(await caller.post(TWO_FACTOR, { password: PASSWORD }).expect(200));

    expect(made).toEqual({
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      uri: expect.stringMatching(/^otpauth:\/\/totp\/Hubgate:/),
    });
    expect(dataOf<Json>(await caller.get(ACCOUNT))['two_factor_auth']).toBeNull();
    await signIn(app, account);
  });

  it('confirmed, gives ten recovery codes, makes this session one of the second factor and ends the others', async () => {
    const account = await person(app);
    const [caller, other] = [await signIn(app, account), await signIn(app, account)];

    const { codes } = await enable(app, caller);

    expect(codes).toHaveLength(10);
    await other.get(ACCOUNT).expect(401);
    expect(dataOf<Json>(await caller.get(ACCOUNT))['two_factor_auth']).toEqual({ verified: true });
    expect(dataOf<Json[]>(await caller.get(SESSIONS))).toMatchObject([{ second_factor: true }]);
    await attempt(app, { email: account.email }).expect(403);
  });

  it('lets its session into a hub that asks for one, which another is refused', async () => {
    const hub = await app.create.hub();
    const account = await person(app);
    await app.people.join(hub, account, hub.roles['owner'] ?? '');
    await tamper(app, ['UPDATE hub SET security = ? WHERE id = ?', ['{"force_2fa":true}', hub.id]]);
    const caller = await signIn(app, account);
    expect(refusalOf(await caller.get(WHOAMI).expect(403)).code).toBe('403.2fa-required');

    await enable(app, caller);

    await caller.get(WHOAMI).expect(200);
  });

  it('403: not without the password, not by a wrong code, and not where nothing was begun', async () => {
    const caller = await signIn(app, await person(app));
    expect(refusalOf(await caller.put(TWO_FACTOR, { totp: '123456' }).expect(403)).code).toBe('403.invalid-state');
    const wrong = await leavesAccountsAlone(app, () =>
      caller.post(TWO_FACTOR, { password: 'a wrong one' }).expect(403),
    );
    expect(refusalOf(wrong)).toMatchObject({ code: '403.not-allowed', source: '/password' });
    const secret = secretOf(await caller.post(TWO_FACTOR, { password: PASSWORD }).expect(200));
    const bad = String((Number(codeOf(app, secret)) + 1) % 1_000_000).padStart(6, '0');

    const refused = await leavesAccountsAlone(app, () => caller.put(TWO_FACTOR, { totp: bad }).expect(403));

    expect(refusalOf(refused).code).toBe('403.2fa-failed');
    await caller.put(TWO_FACTOR, { totp: codeOf(app, secret) }).expect(200);
  });

  it('again, leaves the one in force until the new one is confirmed', async () => {
    const account = await person(app);
    const caller = await signIn(app, account);
    const old = await enable(app, caller);
    const without = await leavesAccountsAlone(app, () => caller.post(TWO_FACTOR, { password: PASSWORD }).expect(403));
    expect(refusalOf(without).code).toBe('403.2fa-required');
    const proof = { password: PASSWORD, totp: codeOf(app, old.secret) };
    const secret = secretOf(await caller.post(TWO_FACTOR, proof).expect(200));
    app.clock.advance(60_000);
    await signIn(app, account, { totp: codeOf(app, old.secret) });
    await attempt(app, { email: account.email, totp: codeOf(app, secret) }).expect(403);

    await caller.put(TWO_FACTOR, { totp: codeOf(app, secret) }).expect(200);

    app.clock.advance(60_000);
    await attempt(app, { email: account.email, totp: codeOf(app, old.secret) }).expect(403);
    await attempt(app, { email: account.email, recovery_code: old.codes[0] }).expect(403);
    await signIn(app, account, { totp: codeOf(app, secret) });
  });

  it('is confirmed by a code that then does not count once more for signing in', async () => {
    const account = await person(app);
    const caller = await signIn(app, account);
    const secret = secretOf(await caller.post(TWO_FACTOR, { password: PASSWORD }).expect(200));
    const totp = codeOf(app, secret);
    await caller.put(TWO_FACTOR, { totp }).expect(200);

    expect((await attempt(app, { email: account.email, totp })).status).toBe(403);
  });
});

describe('a second factor in force', () => {
  it('200: is removed by password and code, and its owner hears of it', async () => {
    const account = await person(app);
    const caller = await signIn(app, account);
    const { secret } = await enable(app, caller);

    await caller.delete(TWO_FACTOR, { password: PASSWORD, totp: codeOf(app, secret) }).expect(200);

    await signIn(app, account);
    expect(await accountRow(app, account)).toMatchObject({ totp_secret: null, recovery_codes: null });
    expect((await mailTo(app, account.email)).map(({ subject }) => subject)).toEqual([
      'Two-factor sign-in was turned off',
    ]);
  });

  it('opens no hub that asks for one any more once it is removed, for no session that had proved it', async () => {
    const hub = await app.create.hub();
    const account = await person(app);
    await app.people.join(hub, account, hub.roles['owner'] ?? '');
    await tamper(app, ['UPDATE hub SET security = ? WHERE id = ?', ['{"force_2fa":true}', hub.id]]);
    const caller = await signIn(app, account);
    const { secret, codes } = await enable(app, caller);
    const other = await signIn(app, account, { recovery_code: codes[0] ?? '' });
    await other.get(WHOAMI).expect(200);

    await caller.delete(TWO_FACTOR, { password: PASSWORD, totp: codeOf(app, secret) }).expect(200);

    for (const session of [caller, other]) {
      expect(refusalOf(await session.get(WHOAMI).expect(403)).code).toBe('403.2fa-required');
    }
  });

  it.each([
    ['without the code', {}, '403.2fa-required'],
    ['by a wrong code', { totp: 'x' }, '403.2fa-failed'],
    ['by a wrong password', { password: 'a wrong one', totp: 'right' }, '403.not-allowed'],
  ])('403: is not removed %s', async (_, proof: Record<string, string>, code) => {
    const account = await person(app);
    const caller = await signIn(app, account);
    const { secret } = await enable(app, caller);
    const totp = proof['totp'] === 'right' ? { totp: codeOf(app, secret) } : {};

    const answer = await leavesAccountsAlone(app, () =>
      caller.delete(TWO_FACTOR, { password: PASSWORD, ...proof, ...totp }).expect(403),
    );

    expect(refusalOf(answer).code).toBe(code);
  });

  it('200: gives new recovery codes, after which the old ones are of no use', async () => {
    const account = await person(app);
    const caller = await signIn(app, account);
    const { codes } = await enable(app, caller);

    const proof = { password: PASSWORD, recovery_code: codes[9] };
    const fresh = dataOf<{ recovery_codes: string[] }>(await caller.post(CODES, proof).expect(200)).recovery_codes;

    expect(new Set([...codes, ...fresh]).size).toBe(20);
    await attempt(app, { email: account.email, recovery_code: codes[0] }).expect(403);
    await signIn(app, account, { recovery_code: fresh[0] });
  });

  it('403: has no codes and nothing to remove where there is none', async () => {
    const caller = await signIn(app, await person(app));
    await caller.post(CODES, { password: PASSWORD }).expect(403);
    expect((await caller.delete(TWO_FACTOR, { password: PASSWORD })).status).toBe(403);
  });

  it('is sealed in the database for its account: moved to another, it opens nothing', async () => {
    const [ours, theirs] = [await person(app), await person(app)];
    const { secret } = await enable(app, await signIn(app, ours));
    await tamper(app, [
      `UPDATE account SET totp_confirmed_at = 1, totp_secret = (SELECT s.sealed FROM (SELECT totp_secret AS sealed FROM account WHERE id = ?) s) WHERE id = ?`,
      [ours.id, theirs.id],
    ]);

    const { status } = await attempt(app, { email: theirs.email, totp: codeOf(app, secret) });

    expect(status).toBe(500);
  });
});
