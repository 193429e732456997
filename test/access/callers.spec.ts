import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeySecret } from '../../src/access/index.js';
import { newId } from '../../src/common/ids.js';
import { rawRequest } from '../support/raw-request.js';
import { hold, poll, statementsOf } from '../support/stillness.js';
import { TestApp } from '../support/test-app.js';

const WHOAMI = '/v1/hubs/current/whoami';
const EXCHANGE = '/public-api/v1/auth/token';

/** Believes the headers of the test. */
let app: TestApp;
/** Believes nobody who is here: to it, the test is a stranger. */
let unproxied: TestApp;

beforeAll(async () => {
  app = await TestApp.start();
  unproxied = await app.secondNode({ TRUSTED_PROXIES: '192.0.2.254' });
  await hold(app);
  await hold(unproxied);
}, 60_000);

afterAll(async () => {
  await unproxied?.stop();
  await app?.stop();
});

let lastHost = 0;
/** An address that no other test uses, because attempts are counted by it. */
const freshAddress = () => `198.18.${Math.floor((lastHost += 1) / 250)}.${(lastHost % 250) + 1}`;
const unknownKey = () => generateKeySecret(newId()).text;
const statusOf = async (request: PromiseLike<{ status: number }>) => (await request).status;

describe('a credential that is no key', () => {
  const real = unknownKey();
  it.each([
    ['a word', 'hello'],
    ['a JWT without meaning', 'eyJhbGciOiJub25lIn0.e30.'],
    ['another prefix', real.replace('hgk_', 'sk_')],
    ['upper case', real.toUpperCase()],
    ['a character too few', real.slice(0, -1)],
    ['a character too many', `${real}a`],
    ['another checksum', `${real.slice(0, -1)}${real.endsWith('a') ? 'b' : 'a'}`],
    [
      'a typing error',
      real.replace(/.{10}$/, (end) => (end.startsWith('x') ? `y${end.slice(1)}` : `x${end.slice(1)}`)),
    ],
    ['another key id', real.replace(/^hgk_.{2}/, 'hgk_ff')],
    ['two keys', `${real},${real}`],
    ['4 000 characters', 'x'.repeat(4000)],
  ])('(%s) is refused without a look-up, at both doors', async (_, text) => {
    const from = freshAddress();
    const bearer = () => app.as(text).from(from).get(WHOAMI).expect(401);
    const header = () => app.anonymous.from(from).with({ apiKey: text }).get(EXCHANGE).expect(401);
    expect(await statementsOf(app, bearer)).toBe(0);
    expect(await statementsOf(app, header)).toBe(0);

    const { headers, text: body } = await bearer();
    expect(headers['www-authenticate']).toContain('Bearer');
    expect(body).not.toContain(text);
  });

  it('may be sent for ever: it never uses up what an address may try', async () => {
    const from = freshAddress();
    for (let turn = 0; turn < 50; turn += 1) {
      await app.as('junk').from(from).get(WHOAMI).expect(401);
    }

    expect(await statusOf(app.as(unknownKey()).from(from).get(WHOAMI))).toBe(401);
  });
});

describe('a well-formed key that nobody has', () => {
  it('costs one SELECT and is remembered for 10 s', async () => {
    const caller = app.as(unknownKey()).from(freshAddress());
    const ask = () => caller.get(WHOAMI).expect(401);
    expect(await statementsOf(app, ask)).toBe(1);
    expect(await statementsOf(app, ask)).toBe(0);
    app.clock.advance(10_001);
    await poll(app);

    expect(await statementsOf(app, ask)).toBe(1);
  });

  it('reads the same as a real id with another secret, and as a key that was deleted', async () => {
    const hub = await app.create.hub();
    const owner = app.as((await app.create.ownerKey(hub)).secret);
    const gone = await app.create.key({ hub });
    await owner.delete(`/v1/hubs/current/api-keys/${gone.id}`).expect(200);
    const from = freshAddress();
    const bodies = [];
    for (const text of [unknownKey(), generateKeySecret(gone.id).text, gone.secret, 'junk']) {
      const { body } = await app.as(text).from(from).get(WHOAMI).expect(401);
      bodies.push({ ...(body as { error: object }).error, requestId: '' });
    }

    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  });

  it('is refused with 429 after 30 of its kind from one address, at both doors', async () => {
    const from = freshAddress();
    for (let turn = 0; turn < 15; turn += 1) {
      await app.as(unknownKey()).from(from).get(WHOAMI).expect(401);
      await app.anonymous.from(from).with({ apiKey: unknownKey() }).get(EXCHANGE).expect(401);
    }
    const before = app.database.statementCount;
    const bearer = await app.as(unknownKey()).from(from).get(WHOAMI).expect(429);
    const header = await app.anonymous.from(from).with({ apiKey: unknownKey() }).get(EXCHANGE).expect(429);

    expect(app.database.statementCount).toBe(before);
    expect([bearer.headers['retry-after'], header.headers['retry-after']]).toEqual(['60', '60']);
    expect(bearer.body).toMatchObject({ error: { code: '429.rate-limiting' }, data: null });
    expect(header.body).toMatchObject({ status: 429, code: '429.rate-limiting' });
    expect(await statusOf(app.as(unknownKey()).from(freshAddress()).get(WHOAMI))).toBe(401);
  });

  it('can be tried again after the minute', async () => {
    const from = freshAddress();
    for (let turn = 0; turn < 31; turn += 1) {
      await app.as(unknownKey()).from(from).get(WHOAMI);
    }
    app.clock.advance(60_000);
    await poll(app);

    expect(await statusOf(app.as(unknownKey()).from(from).get(WHOAMI))).toBe(401);
  });

  it('leaves the keys and tokens alone that work from the same address, also when they must be looked up again', async () => {
    const from = freshAddress();
    const hub = await app.create.hub();
    const key = await app.create.integrationKey(hub);
    const [cached, token] = [app.as(key.secret).from(from), await app.create.token(key)];
    await cached.get(WHOAMI).expect(200);
    app.clock.advance(60_001);
    await poll(app);
    for (let turn = 0; turn < 31; turn += 1) {
      await app.as(unknownKey()).from(from).get(WHOAMI);
    }

    expect(await statementsOf(app, () => cached.get(WHOAMI).expect(200))).toBe(1);
    expect(await statementsOf(app, () => cached.get(WHOAMI).expect(200))).toBe(0);
    expect(await statusOf(app.as(token).from(from).get('/public-api/v1/lists'))).toBe(200);
  });

  it('counts by the /64 of a v6 address', async () => {
    for (let turn = 0; turn < 30; turn += 1) {
      await app.as(unknownKey()).from(`2001:db8:1:1::${turn}`).get(WHOAMI).expect(401);
    }

    expect(await statusOf(app.as(unknownKey()).from('[2001:db8:1:1:ffff::1]:443').get(WHOAMI))).toBe(429);
    expect(await statusOf(app.as(unknownKey()).from('2001:db8:1:2::1').get(WHOAMI))).toBe(401);
  });

  it('is not counted elsewhere by a header that nobody vouches for', async () => {
    const statuses = [];
    for (let turn = 0; turn < 31; turn += 1) {
      statuses.push(await statusOf(unproxied.as(unknownKey()).from(freshAddress()).get(WHOAMI)));
    }

    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 401), 429]);
    unproxied.clock.advance(60_000);
    await poll(unproxied);
  });
});

describe('the address that a key is held to', () => {
  const keyFor = async (ips: string[]) => app.create.integrationKey(await app.create.hub(), { ips });

  it.each([
    ['192.0.2.7', ['192.0.2.7'], 200],
    ['192.0.2.8', ['192.0.2.7'], 403],
    ['192.0.2.8', ['192.0.2.0/24'], 200],
    ['192.0.2.7:51234', ['192.0.2.7'], 200],
    ['::ffff:192.0.2.7', ['192.0.2.7'], 200],
    ['[::ffff:192.0.2.7]:443', ['192.0.2.7'], 200],
    ['::ffff:c000:207', ['192.0.2.7'], 200],
    ['[2001:db8::7]:443', ['2001:db8::7'], 200],
    ['2001:0DB8:0:0::7', ['2001:db8::7'], 200],
    ['2001:db8::8', ['2001:db8::7'], 403],
    ['2001:db8::8', ['2001:db8::/64'], 200],
    ['192.0.2.7', ['::/0'], 403],
    ['2001:db8::7', ['0.0.0.0/0'], 403],
    ['unknown', ['0.0.0.0/0', '::/0'], 403],
    ['192.0.2.7.example', ['0.0.0.0/0', '::/0'], 403],
    ['0300.0.2.7', ['0.0.0.0/0', '::/0'], 403],
    ['192.0.2.7, junk', ['0.0.0.0/0', '::/0'], 403],
    ['192.0.2.7, 203.0.113.9', ['192.0.2.7'], 403],
    ['203.0.113.9, 192.0.2.7', ['192.0.2.7'], 200],
    ['192.0.2.7, 127.0.0.1', ['192.0.2.7'], 200],
  ])('(%s against %j) answers %i to the key, the exchange and the token', async (from, ips, status) => {
    const key = await keyFor(ips);
    const inside = ips[0].replace(/0?\/.*/, '1');
    const exchanged = await app.anonymous.from(inside).with({ apiKey: key.secret }).get(EXCHANGE).expect(200);
    const { accessToken } = exchanged.body as { accessToken: string };

    const answers = [
      await app.as(key.secret).from(from).get(WHOAMI),
      await app.anonymous.from(from).with({ apiKey: key.secret }).get(EXCHANGE),
      await app.as(accessToken).from(from).get('/public-api/v1/lists'),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([status, status, status]);
  });

  it('is not what a stranger claims in a header', async () => {
    const [mine, others] = [await keyFor(['127.0.0.1']), await keyFor(['192.0.2.7'])];
    for (const name of [
      'x-forwarded-for',
      'x-real-ip',
      'forwarded',
      'true-client-ip',
      'cf-connecting-ip',
      'x-client-ip',
    ]) {
      const claim = { [name]: name === 'forwarded' ? 'for=192.0.2.7' : '192.0.2.7' };
      expect(await statusOf(unproxied.as(others.secret).with(claim).get(WHOAMI))).toBe(403);
      expect(await statusOf(unproxied.as(mine.secret).with(claim).get(WHOAMI))).toBe(200);
    }
    const { body } = await unproxied.as(mine.secret).from('192.0.2.7').get(WHOAMI);
    expect(body).toMatchObject({ data: { client_address: '127.0.0.1' } });
  });

  it('comes from X-Forwarded-For alone, also behind a proxy', async () => {
    const key = await keyFor(['192.0.2.7']);
    const claims = { 'x-real-ip': '192.0.2.7', forwarded: 'for=192.0.2.7', 'cf-connecting-ip': '192.0.2.7' };

    expect(await statusOf(app.as(key.secret).with(claims).get(WHOAMI))).toBe(403);
  });

  it('is the last entry that is no proxy’s, over all lines of the header', async () => {
    const key = await keyFor(['192.0.2.7']);
    const ask = async (...lines: string[]) => {
      const forwarded = lines.map((line) => `X-Forwarded-For: ${line}`);
      return (await rawRequest(app, WHOAMI, [`Authorization: Bearer ${key.secret}`, ...forwarded])).status;
    };

    expect(await ask('192.0.2.7', '203.0.113.9')).toBe(403);
    expect(await ask('203.0.113.9', '192.0.2.7')).toBe(200);
    expect(await ask('203.0.113.9', '192.0.2.7, ::1', '127.0.0.1')).toBe(200);
  });

  it('is named in the refusal as the server sees it', async () => {
    const key = await keyFor(['192.0.2.7']);
    const { body } = await app.as(key.secret).from('[2001:DB8::1]:99').get(WHOAMI).expect(403);

    expect(JSON.stringify(body)).toContain('2001:db8::1');
    expect(body).toMatchObject({ error: { code: '403.invalid-ip' } });
  });
});
