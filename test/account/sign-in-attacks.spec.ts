import { describe, expect, it } from 'vitest';
import { PasswordHasher } from '../../src/modules/account/index.js';
import { PROOF_FAILURES, PROOFS_PER_MINUTE } from '../../src/modules/account/sign-in-throttle.js';
import { newId } from '../../src/common/ids.js';
import { type Answer, refusalOf } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';
import {
  ACCOUNT,
  accountRow,
  attempt,
  codeOf,
  enable,
  leavesAccountsAlone,
  newAddress,
  PASSWORD,
  PASSWORD_PATH,
  person,
  signIn,
  skipDelays,
  TWO_FACTOR,
} from './support/signing-in.js';

const MINUTE_MS = 60_000;

// Each attack is against a server of its own: what one spends, another must not miss.

const statusesOf = async (answers: readonly PromiseLike<Answer>[]): Promise<number[]> =>
  (await Promise.all(answers)).map(({ status }) => status);
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const countOf = (statuses: readonly number[], wanted: number): number =>
  statuses.filter((status) => status === wanted).length;

describe('somebody who guesses from one address', () => {
  const server = useTestApp();

  it('is refused after ten failures, told when to come back, and nobody else is', async () => {
    const { app } = server;
    skipDelays(app);
    const account = await person(app);
    const from = newAddress();
    const guess = (index: number) => attempt(app, { email: `somebody${index}@example.com`, password: 'x' }, from);

    expect(await statusesOf(times(10, guess))).toEqual(times(10, () => 401));
    const refused = await attempt(app, { email: account.email }, from).expect(429);

    expect(refusalOf(refused).code).toBe('429.rate-limiting');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await signIn(app, account);
    app.clock.advance(MINUTE_MS);
    await signIn(app, account, {}, from);
  });

  it('reads the same refusal whether the account exists or not', async () => {
    const { app } = server;
    const account = await person(app);
    const from = newAddress();
    await Promise.all(times(10, () => attempt(app, { email: 'x@example.com', password: 'x' }, from)));

    const [one, other] = await Promise.all([
      attempt(app, { email: account.email }, from).expect(429),
      attempt(app, { email: 'nobody@example.com' }, from).expect(429),
    ]);
    const { requestId: _a, ...first } = refusalOf(one);
    const { requestId: _b, ...second } = refusalOf(other);
    expect(first).toEqual(second);
  });

  it('gains nothing by asking many times at once: ten reach a hash', async () => {
    const { app } = server;
    const { email } = await person(app);
    const hasher = app.nest.get(PasswordHasher);
    const verify = hasher.verify.bind(hasher);
    let hashed = 0;
    hasher.verify = (...input) => {
      hashed += 1;
      return verify(...input);
    };
    const from = newAddress();
    const guesses = times(60, (index) => attempt(app, { email, password: `guess number ${index}` }, from));

    const statuses = await statusesOf(guesses);

    expect(countOf(statuses, 401)).toBe(10);
    expect(countOf(statuses, 429)).toBe(50);
    expect(hashed).toBe(10);
    hasher.verify = verify;
  });

  it('counts with its whole /64, and cannot hide behind a header of its own', async () => {
    const { app } = server;
    const guess = (index: number) =>
      attempt(app, { email: 'x@example.com', password: 'x' }, `2001:db8:1:2::${index.toString(16)}`);

    const statuses = await statusesOf(times(14, guess));
    expect(countOf(statuses, 429)).toBe(4);
    const spoofed = await statusesOf(
      times(14, (index) => attempt(app, { email: 'x@example.com', password: 'x' }, `10.9.8.${index}, 198.51.100.77`)),
    );
    expect(countOf(spoofed, 429)).toBe(4);
  });
});

describe('a botnet that guesses one account', () => {
  const server = useTestApp();

  it('cannot lock the owner out: at home nothing is refused or delayed, elsewhere it only waits', async () => {
    const { app } = server;
    const delays = skipDelays(app);
    const account = await person(app);
    const home = newAddress();
    await signIn(app, account, {}, home);
    await statusesOf(times(60, () => attempt(app, { email: account.email, password: 'a wrong one' })));

    delays.length = 0;
    await signIn(app, account, {}, home);
    expect(delays).toEqual([]);
    await signIn(app, account);
    expect(delays).toEqual([4000]);
  });

  it('meets the same delays for an account that does not exist', async () => {
    const { app } = server;
    const delaysFor = async (email: string): Promise<number[]> => {
      const delays = skipDelays(app);
      for (let index = 0; index < 8; index += 1) {
        await attempt(app, { email, password: 'a wrong one' }).expect(401);
      }
      return delays;
    };

    const real = await delaysFor((await person(app)).email);

    expect(real).toEqual([250, 500, 1000, 2000, 4000]);
    expect(await delaysFor(`${newId()}@example.com`)).toEqual(real);
  });
});

describe('a botnet that tries everybody', () => {
  const server = useTestApp();

  it('is refused as a whole before it can keep known addresses out', async () => {
    const { app } = server;
    skipDelays(app);
    const account = await person(app);
    const home = newAddress();
    await signIn(app, account, {}, home);
    // The budget is what is looked at, so the hashing may be quick.
    const hasher = app.nest.get(PasswordHasher);
    const verify = hasher.verify.bind(hasher);
    hasher.verify = () => Promise.resolve(false);
    const statuses: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const guesses = times(100, (index) =>
        attempt(app, { email: `user${round}-${index}@example.com`, password: 'x' }),
      );
      statuses.push(...(await statusesOf(guesses)));
    }
    hasher.verify = verify;

    expect(countOf(statuses, 401)).toBe(600);
    expect(countOf(statuses, 429)).toBe(100);
    await attempt(app, { email: account.email }).expect(429);
    await signIn(app, account, {}, home);
  });
});

describe('somebody who has the password', () => {
  const server = useTestApp();

  it('has five tries at the second factor in a quarter of an hour, from however many addresses', async () => {
    const { app } = server;
    skipDelays(app);
    const account = await person(app);
    const home = newAddress();
    const caller = await signIn(app, account, {}, home);
    const { secret } = await enable(app, caller);
    const right = codeOf(app, secret);
    const wrong = times(40, (index) => String((Number(right) + 7 + index) % 1_000_000).padStart(6, '0'));

    const statuses = await statusesOf(wrong.map((totp) => attempt(app, { email: account.email, totp })));

    expect(countOf(statuses, 403)).toBe(5);
    expect(countOf(statuses, 429)).toBe(35);
    await attempt(app, { email: account.email, totp: right }).expect(429);
    await signIn(app, account, { totp: right }, home);
    app.clock.advance(15 * MINUTE_MS);
    await signIn(app, account, { totp: codeOf(app, secret) });
  });

  it('gets in once of many at once with one code', async () => {
    const { app } = server;
    skipDelays(app);
    const account = await person(app);
    const { secret, codes } = await enable(app, await signIn(app, account));
    const totp = codeOf(app, secret);

    const byCode = await statusesOf(times(4, () => attempt(app, { email: account.email, totp })));
    app.clock.advance(15 * MINUTE_MS);
    const byRecovery = await statusesOf(
      times(4, () => attempt(app, { email: account.email, recovery_code: codes[3] })),
    );

    expect(byCode.toSorted((a, b) => a - b)).toEqual([200, 403, 403, 403]);
    expect(byRecovery.toSorted((a, b) => a - b)).toEqual([200, 403, 403, 403]);
    expect(JSON.parse(String((await accountRow(app, account))['recovery_codes']))).toHaveLength(9);
  });

  it('does not get in when the password changes while it is being compared', async () => {
    const { app } = server;
    const account = await person(app);
    const caller = await signIn(app, account);
    const hasher = app.nest.get(PasswordHasher);
    const verify = hasher.verify.bind(hasher);
    let changed = false;
    hasher.verify = async (...input) => {
      const right = await verify(...input);
      if (!changed) {
        changed = true;
        const input2 = { current_password: PASSWORD, password: 'quite another choice of words' };
        await caller.put(PASSWORD_PATH, input2).expect(200);
      }
      return right;
    };

    expect((await attempt(app, { email: account.email })).status).toBe(401);
    hasher.verify = verify;
    await signIn(app, account, { password: 'quite another choice of words' });
  });
});

describe('somebody who has a session', () => {
  const server = useTestApp();

  it('cannot guess the password or a code by it: ten failures in a quarter of an hour', async () => {
    const { app } = server;
    const caller = await signIn(app, await person(app));
    const paths = [
      () => caller.post(TWO_FACTOR, { password: 'a wrong one' }),
      () => caller.delete(ACCOUNT, { password: 'a wrong one' }),
      () => caller.put(PASSWORD_PATH, { current_password: 'a wrong one', password: 'quite another choice of words' }),
    ];

    const statuses = await leavesAccountsAlone(app, async () =>
      statusesOf(times(15, (index) => (paths[index % 3] as (typeof paths)[0])())),
    );

    expect(countOf(statuses, 403)).toBe(10);
    expect(countOf(statuses, 429)).toBe(5);
    await caller.post(TWO_FACTOR, { password: PASSWORD }).expect(429);
    app.clock.advance(15 * MINUTE_MS);
    await caller.post(TWO_FACTOR, { password: PASSWORD }).expect(200);
  });

  it('cannot keep the server hashing: not by guesses, and not by their own right password either', async () => {
    const { app } = server;
    const hasher = app.nest.get(PasswordHasher);
    const [hash, verify] = [hasher.hash.bind(hasher), hasher.verify.bind(hasher)];
    let hashed = 0;
    const [guesser, owner] = [await signIn(app, await person(app)), await signIn(app, await person(app))];
    hasher.hash = (...input) => ((hashed += 1), hash(...input));
    hasher.verify = (...input) => ((hashed += 1), verify(...input));

    const wrong = { current_password: 'a wrong one', password: 'quite another choice of words' };
    await statusesOf(times(30, () => guesser.put(PASSWORD_PATH, wrong)));
    expect(hashed).toBe(PROOF_FAILURES);
    hashed = 0;
    for (let asked = 0; asked < 30; asked += 1) {
      const { status } = await owner.post(TWO_FACTOR, { password: PASSWORD });
      expect(status).toBe(asked < PROOFS_PER_MINUTE ? 200 : 429);
    }
    expect(hashed).toBe(PROOFS_PER_MINUTE);

    Object.assign(hasher, { hash, verify });
    app.clock.advance(MINUTE_MS);
    await owner.post(TWO_FACTOR, { password: PASSWORD }).expect(200);
  });

  it('cannot make another choose its session: a token that is sent along is of no use', async () => {
    const { app } = server;
    const [ours, theirs] = [await person(app), await person(app)];
    const { token } = await app.people.session(theirs);

    const answer = await app
      .as(token)
      .from(newAddress())
      .post('/v1/auth/login', { email: ours.email, password: PASSWORD })
      .expect(200);

    expect(JSON.stringify(answer.body)).not.toContain(token);
    expect((await app.as(token).get(ACCOUNT).expect(200)).body).toMatchObject({ data: { id: theirs.id } });
    for (const header of ['cookie', 'x-session', 'x-api-key']) {
      await app.anonymous
        .with({ [header]: token })
        .get(ACCOUNT)
        .expect(401);
    }
    await app.anonymous.get(`${ACCOUNT}?token=${token}`).expect(401);
    await app.as(token).get(`${ACCOUNT}?token=${token}`).expect(422);
    await app.anonymous.with({ apiKey: token }).get('/public-api/v1/auth/token').expect(401);
    await app.as(token).get('/public-api/v1/lists').expect(401);
  });
});
