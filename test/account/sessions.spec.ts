import { describe, expect, it } from 'vitest';
import { newId } from '../../src/common/ids.js';
import { SessionPurge } from '../../src/modules/account/index.js';
import { useHeldNodes } from '../support/held-app.js';
import { dataOf, type Json, NO_ID, toldBy } from '../support/management.js';
import { poll } from '../support/stillness.js';
import { type TestAccount } from '../support/people.js';
import { type TestApp } from '../support/test-app.js';
import {
  ACCOUNT,
  attempt,
  HOUR_MS,
  leavesAccountsAlone,
  LOGOUT,
  newAddress,
  person,
  SESSIONS,
  signIn,
  skipDelays,
  tokenOf,
} from './support/signing-in.js';

let here: TestApp;
let there: TestApp;
useHeldNodes((one, other) => {
  [here, there] = [one, other];
  skipDelays(here);
});

/** A session that both nodes know. */
async function onBoth({ email }: TestAccount): Promise<string> {
  const token = await tokenOf(attempt(here, { email }).expect(200));
  await poll(there);
  await here.as(token).get(ACCOUNT).expect(200);
  await there.as(token).get(ACCOUNT).expect(200);
  return token;
}

async function onBothNodes(token: string): Promise<number[]> {
  const first = await here.as(token).get(ACCOUNT);
  await poll(there);
  return [first.status, (await there.as(token).get(ACCOUNT)).status];
}

describe('sessions', () => {
  it('are listed for their owner: since when, from where, with what, and which one asks', async () => {
    const account = await person(here);
    const from = newAddress();
    const token = await tokenOf(
      here.anonymous
        .from(from)
        .with({ 'user-agent': `Browser/1.0 ${'x'.repeat(300)}` })
        .post('/v1/auth/login', { email: account.email, password: 'some quite ordinary words' })
        .expect(200),
    );
    const other = await signIn(here, account);
    await here.people.session(account, { expiresAt: here.clock.now() });
    await here.people.session(account, { endedAt: here.clock.now() });

    const sessions = dataOf<Json[]>(await other.get(SESSIONS).expect(200));

    expect(sessions.map(({ current }) => current)).toEqual([true, false]);
    expect(sessions[1]).toEqual({
      id: token.slice(4, 28),
      created: new Date(here.clock.now()).toISOString(),
      expires: new Date(here.clock.now() + 12 * HOUR_MS).toISOString(),
      last_used: null,
      last_used_address: null,
      address: from,
      user_agent: expect.stringMatching(/^Browser\/1\.0 x{188}$/),
      second_factor: false,
      current: false,
    });
    expect(JSON.stringify(sessions)).not.toContain(token.slice(29));
  });

  it('end when their owner signs out, on every node', async () => {
    const token = await onBoth(await person(here));

    expect(dataOf(await here.as(token).post(LOGOUT).expect(200))).toMatchObject({
      id: token.slice(4, 28),
      current: true,
    });

    expect(await onBothNodes(token)).toEqual([401, 401]);
    await here.as(token).post(LOGOUT).expect(401);
  });

  it('end one by one, at the will of another session of the same account', async () => {
    const account = await person(here);
    const [kept, ended] = [await onBoth(account), await onBoth(account)];

    await here
      .as(kept)
      .delete(`${SESSIONS}/${ended.slice(4, 28)}`)
      .expect(200);

    expect(await onBothNodes(ended)).toEqual([401, 401]);
    expect((await here.as(kept).get(ACCOUNT)).status).toBe(200);
  });

  it('end all but the one that asks', async () => {
    const account = await person(here);
    const [kept, one, two] = [await onBoth(account), await onBoth(account), await onBoth(account)];

    const ended = dataOf<Json[]>(await here.as(kept).delete(SESSIONS).expect(200));

    expect(ended.map(({ id }) => id)).toEqual([two.slice(4, 28), one.slice(4, 28)]);
    expect(await onBothNodes(one)).toEqual([401, 401]);
    expect(await onBothNodes(two)).toEqual([401, 401]);
    await there.as(kept).get(ACCOUNT).expect(200);
  });

  it('404: of somebody else, ended, or never made, they read the same, and nothing happens', async () => {
    const [ours, theirs] = [await person(here), await person(here)];
    const caller = await signIn(here, ours);
    const foreign = await here.people.session(theirs);
    const over = await here.people.session(ours, { endedAt: 1 });
    const ids = [foreign.id, over.id, NO_ID, newId(), 'current', '%00'];

    const told: string[] = [];
    for (const id of ids) {
      const answer = await leavesAccountsAlone(here, () => caller.delete(`${SESSIONS}/${id}`).expect(404));
      told.push(JSON.stringify(toldBy(answer)));
    }

    expect(new Set(told).size).toBe(1);
    await here.as(foreign.token).get(ACCOUNT).expect(200);
  });

  it('are refused once their account is gone', async () => {
    const account = await person(here);
    const token = await onBoth(account);
    expect((await here.as(token).delete(ACCOUNT, { password: 'some quite ordinary words' })).status).toBe(202);

    expect(await onBothNodes(token)).toEqual([401, 401]);
  });

  it('are removed a month after they would have ended, many at once', async () => {
    const account = await person(here);
    const old = here.clock.now() - 31 * 24 * HOUR_MS;
    for (let index = 0; index < 230; index += 1) {
      await here.people.session(account, { expiresAt: old, endedAt: index % 2 ? old : null });
    }
    const young = await here.people.session(account, { expiresAt: here.clock.now() - 29 * 24 * HOUR_MS });

    await here.nest.get(SessionPurge).flush();

    const sql = 'SELECT id FROM account_session WHERE account_id = ?';
    expect(await here.database.query(sql, [account.id])).toEqual([{ id: young.id }]);
  });
});
