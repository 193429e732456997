import { describe, expect, it } from 'vitest';
import { AccountService } from '../../src/modules/account/index.js';
import { useHeldNodes } from '../support/held-app.js';
import { dataOf, type Json, NO_ID, refusalOf } from '../support/management.js';
import { mailTo } from '../support/outbox.js';
import { OPEN_ROUTES, routeName, routeTable } from '../support/route-table.js';
import { poll } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';
import {
  ACCOUNT,
  accountRow,
  attempt,
  codeOf,
  enable,
  HOUR_MS,
  leavesAccountsAlone,
  LOGOUT,
  newAddress,
  PASSWORD,
  PASSWORD_PATH,
  person,
  signIn,
  skipDelays,
  tokenOf,
  TWO_FACTOR,
} from './support/signing-in.js';

const ANOTHER = 'quite another choice of words';
const CHANGE = { current_password: PASSWORD, password: ANOTHER };

let here: TestApp;
let there: TestApp;
useHeldNodes((one, other) => {
  [here, there] = [one, other];
  skipDelays(here);
});

describe('changing the password', () => {
  it('200: ends every session on every node, and the old password', async () => {
    const account = await person(here);
    const [one, two] = [
      await tokenOf(attempt(here, { email: account.email })),
      await tokenOf(attempt(here, { email: account.email })),
    ];
    await poll(there);
    await there.as(two).get(ACCOUNT).expect(200);

    await here.as(one).put(PASSWORD_PATH, CHANGE).expect(200);

    await here.as(one).get(ACCOUNT).expect(401);
    await poll(there);
    await there.as(two).get(ACCOUNT).expect(401);
    expect((await attempt(here, { email: account.email })).status).toBe(401);
    await signIn(here, account, { password: ANOTHER });
  });

  it('tells the owner by mail, without the password', async () => {
    const account = await person(here);
    await (await signIn(here, account)).put(PASSWORD_PATH, CHANGE).expect(200);

    const [mail, ...others] = await mailTo(here, account.email);

    expect(mail).toMatchObject({ subject: 'Your password was changed' });
    expect(mail?.raw).not.toMatch(/ordinary|another choice/);
    expect(others).toEqual([]);
  });

  it.each([
    [{ ...CHANGE, current_password: 'a wrong one' }, 403, '/current_password'],
    [{ ...CHANGE, current_password: '' }, 403, '/current_password'],
    [{ ...CHANGE, password: 'too short' }, 422, '/password'],
    [{ ...CHANGE, password: 'password1234' }, 422, '/password'],
    [{ ...CHANGE, password: PASSWORD }, 422, '/password'],
    [{ ...CHANGE, password: 'Ada Example' }, 422, '/password'],
    [{ password: ANOTHER }, 422, '/current_password'],
    [{ ...CHANGE, password: 'x'.repeat(1025) }, 422, '/password'],
    [{ ...CHANGE, password_once: false }, 422, '/password_once'],
  ])('%j is %i at %s and changes nothing', async (body, status, source) => {
    const caller = await signIn(here, await person(here));

    const answer = await leavesAccountsAlone(here, () => caller.put(PASSWORD_PATH, body).expect(status));

    expect(refusalOf(answer).source).toBe(source);
    expect(JSON.stringify(answer.body)).not.toContain('another choice');
  });

  it('403: asks for a code where there is a second factor, and takes a good one', async () => {
    const account = await person(here);
    const caller = (await signIn(here, account)).from(newAddress());
    const { secret } = await enable(here, caller);

    const without = await leavesAccountsAlone(here, () => caller.put(PASSWORD_PATH, CHANGE).expect(403));
    const wrong = await leavesAccountsAlone(here, () => caller.put(PASSWORD_PATH, { ...CHANGE, totp: '000000' }));
    const done = await caller.put(PASSWORD_PATH, { ...CHANGE, totp: codeOf(here, secret) });

    expect([without, wrong].map((answer) => refusalOf(answer).code)).toEqual(['403.2fa-required', '403.2fa-failed']);
    expect(done.status).toBe(200);
  });

  it('forgets the secret of a second factor that somebody began and never confirmed', async () => {
    const account = await person(here);
    const caller = await signIn(here, account);
    await caller.post(TWO_FACTOR, { password: PASSWORD }).expect(200);
    await caller.put(PASSWORD_PATH, CHANGE).expect(200);

    expect(await accountRow(here, account)).toMatchObject({ totp_pending: null });
  });

  it('is done once by two at once with the same password', async () => {
    const caller = await signIn(here, await person(here));
    const changes = [ANOTHER, `${ANOTHER} too`].map((password) => caller.put(PASSWORD_PATH, { ...CHANGE, password }));

    const statuses = (await Promise.all(changes)).map(({ status }) => status);

    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401 || status === 403 || status === 409)).toHaveLength(1);
  });
});

describe('a one-time password', () => {
  const onceFor = async (): Promise<{ email: string; id: string; password: string }> => {
    const account = await person(here);
    const { password } = await here.nest.get(AccountService).resetPassword(account.email);
    return { ...account, password };
  };

  it('signs in only to choose another one, and is then of no use', async () => {
    const account = await onceFor();
    const answer = await attempt(here, { email: account.email, password: account.password }).expect(200);
    const { token, password_change_required } = dataOf<{ token: string; password_change_required: boolean }>(answer);

    expect(password_change_required).toBe(true);
    await here.as(token).get(ACCOUNT).expect(200);
    const change = { current_password: account.password, password: ANOTHER };
    await here.as(token).put(PASSWORD_PATH, change).expect(200);

    await attempt(here, { email: account.email, password: account.password }).expect(401);
    await signIn(here, account, { password: ANOTHER });
    expect(await accountRow(here, account)).toMatchObject({ password_once: 0, password_ends_at: null });
  });

  it('may also sign out', async () => {
    const account = await onceFor();
    const caller = await signIn(here, account, { password: account.password });
    await caller.post(LOGOUT).expect(200);
    expect((await caller.get(ACCOUNT)).status).toBe(401);
  });

  it('opens no other route there is', async () => {
    const hub = await here.create.hub();
    const account = await onceFor();
    await here.people.join(hub, account, hub.roles['owner'] ?? '');
    const caller = await signIn(here, account, { password: account.password });
    const allowed = ['GET /v1/account', 'PUT /v1/account/password', 'POST /v1/auth/logout'];
    const opened: string[] = [];
    for (const route of routeTable(here)) {
      const { method, path } = route;
      const name = routeName(route);
      if (!path.startsWith('/v1') || method === 'HEAD' || allowed.includes(name) || OPEN_ROUTES.has(name)) {
        continue;
      }
      const url = path.replaceAll(/:\w+/g, NO_ID);
      const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
      const { status } = await (verb === 'get' ? caller.get(url) : caller[verb](url, {}));
      if (status !== 403) {
        opened.push(`${name}: ${status}`);
      }
    }

    expect(opened).toEqual([]);
  });

  it('ends after three days, and any sign-in before that does not prolong it', async () => {
    const account = await onceFor();
    here.clock.advance(72 * HOUR_MS - 1);
    await signIn(here, account, { password: account.password });
    here.clock.advance(1);

    expect((await attempt(here, { email: account.email, password: account.password })).status).toBe(401);
  });

  it('made anew by the command line, signs everybody out, on every node', async () => {
    const account = await person(here);
    const token = await tokenOf(attempt(here, { email: account.email }));
    await poll(there);
    await there.as(token).get(ACCOUNT).expect(200);

    await here.nest.get(AccountService).resetPassword(account.email);

    await here.as(token).get(ACCOUNT).expect(401);
    await poll(there);
    expect((await there.as(token).get(ACCOUNT)).status).toBe(401);
  });

  it('takes over no more than the account: a second factor is still asked for', async () => {
    const account = await person(here);
    await enable(here, await signIn(here, account));
    const { password } = await here.nest.get(AccountService).resetPassword(account.email);

    const answer = await attempt(here, { email: account.email, password }).expect(403);

    expect(refusalOf(answer).code).toBe('403.2fa-required');
    await here.nest.get(AccountService).resetSecondFactor(account.email);
    expect(dataOf<Json>(await attempt(here, { email: account.email, password }).expect(200))).toMatchObject({
      password_change_required: true,
    });
  });
});
