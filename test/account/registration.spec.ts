import { describe, expect, it } from 'vitest';
import { generateSecret } from '../../src/access/index.js';
import { emailKey } from '../../src/common/email.js';
import { newId } from '../../src/common/ids.js';
import { type TestHub } from '../support/factory.js';
import { useHeldApp } from '../support/held-app.js';
import { dataOf, type Json, refusalOf, toldBy } from '../support/management.js';
import { mailTo } from '../support/outbox.js';
import { tamper } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';
import {
  ACCOUNT,
  accountRow,
  attempt,
  HOUR_MS,
  leavesAccountsAlone,
  newAddress,
  PASSWORD,
  person,
  signIn,
  skipDelays,
  VERIFICATION,
} from './support/signing-in.js';

let app: TestApp;
useHeldApp((one) => {
  app = one;
  skipDelays(app);
});

const NAME = { first: 'Grace', last: 'Hopper' };

interface Invite {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  readonly hub: TestHub;
}

/** An invite as the members' routes make it, with the token of its mail. */
async function invite(parts: Json = {}, email = `${newId()}@example.com`): Promise<Invite> {
  const hub = await app.create.hub();
  const account = await app.people.account({ email });
  const id = await app.people.join(hub, account, hub.roles['integration'] ?? '');
  const { text, digest } = generateSecret('one-time', id);
  const pending = {
    state: 'pending',
    account_id: null,
    member_id: null,
    invited_key: emailKey(email),
    token_digest: digest,
    invite_ends_at: app.clock.now() + HOUR_MS,
    ...parts,
  };
  const columns = Object.keys(pending).map((name) => `${name} = ?`);
  await tamper(
    app,
    [`UPDATE membership SET ${columns.join(', ')} WHERE id = ?`, [...Object.values(pending), id]],
    ['DELETE FROM account WHERE id = ?', [account.id]],
  );
  return { id, email, token: text, hub };
}

const register = (body: object) => app.anonymous.from(newAddress()).post(ACCOUNT, body);
const input = ({ token }: { token: string }) => ({ invite_token: token, password: PASSWORD, name: NAME });

describe('making an account by an invite', () => {
  it('201: for exactly the address that was invited, which counts as proved; the invite still waits', async () => {
    const invited = await invite();

    const made = dataOf<{ id: string }>(await register(input(invited)).expect(201));

    expect(made).toMatchObject({
      name: NAME,
      email: { address: invited.email, verified: true },
      two_factor_auth: null,
      state: { current: 'live' },
    });
    expect(await accountRow(app, { ...made, email: '' })).toMatchObject({
      creator_type: 'account',
      creator_id: made.id,
    });
    const [row] = await app.database.query<Json>('SELECT state, member_id FROM membership WHERE id = ?', [invited.id]);
    expect(row).toEqual({ state: 'pending', member_id: null });
    await signIn(app, { ...made, email: invited.email });
  });

  it('409: not when the address has an account, also when two try at once', async () => {
    const invited = await invite();
    const both = await Promise.all([register(input(invited)), register(input(invited))]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);

    const again = await leavesAccountsAlone(app, () => register(input(invited)).expect(409));

    expect(refusalOf(again)).toMatchObject({ code: '409.duplicate-found', detail: expect.stringContaining('Sign in') });
  });

  it('404: by no other token, and all of them read the same', async () => {
    const past = await invite({ invite_ends_at: app.clock.now() });
    const closed = await invite();
    await tamper(app, ["UPDATE hub SET state = 'inactive' WHERE id = ?", [closed.hub.id]]);
    const good = await invite();
    const tokens = [
      past.token,
      closed.token,
      (await invite({ state: 'revoked' })).token,
      (await invite({ state: 'declined' })).token,
      (await invite({ state: 'accepted' })).token,
      generateSecret('one-time', good.id).text,
      generateSecret('session', good.id).text,
      generateSecret('key', good.id).text,
      good.token.toLowerCase(),
      ` ${good.token}`,
      good.token.slice(0, -1),
      'x',
      '',
    ];
    const told: string[] = [];
    for (const token of tokens) {
      const answer = await leavesAccountsAlone(app, () => register(input({ token })).expect(404));
      told.push(JSON.stringify(toldBy(answer)));
      expect(JSON.stringify(answer.body)).not.toContain(good.token.slice(30));
    }

    expect(new Set(told).size).toBe(1);
    expect(told[0]).toContain('404.hub.invitation');
  });

  it.each([
    [{ password: 'too short' }, '/password'],
    [{ password: 'Grace Hopper' }, '/password'],
    [{ name: { first: 'Grace' } }, '/name/last'],
    [{ name: { first: ' ', last: 'x' } }, '/name/first'],
    [{ name: undefined }, '/name'],
    [{ email: 'other@example.com' }, '/email'],
    [{ verified: true }, '/verified'],
    [{ role_id: newId() }, '/role_id'],
    [{ invite_token: undefined }, '/invite_token'],
  ])('422: %j, at %s, and nothing is made', async (part, source) => {
    const body = { ...input(await invite()), ...part };
    const answer = await leavesAccountsAlone(app, () => register(body).expect(422));
    expect(refusalOf(answer).source).toBe(source);
  });

  it('429: bounds what one address can ask for', async () => {
    const from = newAddress();
    const tries = Array.from({ length: 130 }, () => app.anonymous.from(from).post(ACCOUNT, input({ token: 'x' })));
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  });
});

describe('proving one’s address', () => {
  const tokenIn = (text: string): string => /hgt_\w+/.exec(text)?.[0] ?? '';

  it('200: by the token that came by mail, once', async () => {
    const account = await person(app, { verifiedAt: null });
    const caller = await signIn(app, account);
    expect(dataOf(await caller.get(ACCOUNT))).toMatchObject({ email: { verified: false } });
    await caller.post(VERIFICATION).expect(200);
    const [mail] = await mailTo(app, account.email);
    const token = tokenIn(mail?.text ?? '');

    const verified = dataOf(await caller.put(VERIFICATION, { token }).expect(200));

    expect(verified).toMatchObject({ email: { verified: true } });
    await caller.put(VERIFICATION, { token }).expect(404);
    expect(refusalOf(await caller.post(VERIFICATION).expect(409)).detail).toContain('already');
    expect(JSON.stringify(await accountRow(app, account))).not.toContain(token.slice(30));
  });

  it('404: not by an older token, one that has ended, or one of another account', async () => {
    const [account, other] = [await person(app, { verifiedAt: null }), await person(app, { verifiedAt: null })];
    const [caller, stranger] = [await signIn(app, account), await signIn(app, other)];
    await caller.post(VERIFICATION).expect(200);
    await caller.post(VERIFICATION).expect(200);
    const [older, newer] = (await mailTo(app, account.email)).map(({ text }) => tokenIn(text));
    const refused = [
      await leavesAccountsAlone(app, () => caller.put(VERIFICATION, { token: older })),
      await leavesAccountsAlone(app, () => stranger.put(VERIFICATION, { token: newer })),
      await leavesAccountsAlone(app, () => caller.put(VERIFICATION, { token: 'x' })),
      await leavesAccountsAlone(app, () =>
        caller.put(VERIFICATION, { token: generateSecret('one-time', account.id).text }),
      ),
    ];
    expect(new Set(refused.map((answer) => JSON.stringify(toldBy(answer)))).size).toBe(1);
    expect(refusalOf(refused[0] as never).code).toBe('404.email-verification');
    await tamper(app, ['UPDATE account SET verification_ends_at = ? WHERE id = ?', [app.clock.now(), account.id]]);
    await caller.put(VERIFICATION, { token: newer }).expect(404);
  });

  it('429: sends five mails an hour', async () => {
    const account = await person(app, { verifiedAt: null });
    const caller = await signIn(app, account);
    for (let index = 0; index < 5; index += 1) {
      await caller.post(VERIFICATION).expect(200);
    }
    const refused = await leavesAccountsAlone(app, () => caller.post(VERIFICATION).expect(429));

    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3000);
    expect(await mailTo(app, account.email)).toHaveLength(5);
  });

  it('is not needed to sign in', async () => {
    expect((await attempt(app, { email: (await person(app, { verifiedAt: null })).email })).status).toBe(200);
  });
});
