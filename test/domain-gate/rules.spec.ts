import { beforeAll, describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import { type TestHub, type TestKey } from '../support/factory.js';
import { type TestApp, useTestApp } from '../support/test-app.js';
import { addList, at, domainOf, setRules, type TestDomain, type TestRule, updateDomain } from './support.js';

const WHOAMI = '/v1/hubs/current/whoami';
const EXCHANGE = '/public-api/v1/auth/token';
const LISTS = '/public-api/v1/lists';
const KEYS = '/api/v1/api_keys';
const JWKS = '/.well-known/jwks.json';
const PAGE = '/public-api/index.html';
const EVERYBODY = 'ip.src in {0.0.0.0/0 ::/0}';
const REASON = 'Not from here';

const holder = useTestApp();
let app: TestApp;
let hub: TestHub;
let domain: TestDomain;
let key: TestKey;
let caller: Client;
let token: Client;

beforeAll(async () => {
  ({ app } = holder);
  hub = await app.create.hub();
  domain = await domainOf(app, hub);
  key = await app.create.ownerKey(hub);
  const groupId = await app.create.group(hub);
  const reader = await app.create.key({ hub, groupId, scopes: ['read:lists'] });
  caller = at(app.as(key.secret), domain);
  token = at(app.as(await app.create.token(reader)), domain);
});

const rules = (...given: TestRule[]) => setRules(app, domain, given);
const anybody = () => at(app.anonymous, domain);
const statusOf = async (client: Client, path = WHOAMI) => (await client.get(path)).status;

describe('a request that is too long to ask all rules about it', () => {
  it('is denied, and told so, whatever the rules would say', async () => {
    const search = Array.from({ length: 90 }, (_, index) => `not http.user_agent contains "aab${index}"`).join(' and ');
    await rules([`${search} and not ssl`, 'log'], [`${search} and ssl`, 'deny'], [EVERYBODY, 'allow']);

    const { body } = await caller
      .with({ 'user-agent': 'a'.repeat(12_000) })
      .get(WHOAMI)
      .expect(403);
    expect(body).toMatchObject({ error: { code: '403.firewall', detail: expect.stringContaining('it is too long') } });
    await caller
      .with({ 'user-agent': 'a'.repeat(200) })
      .get(WHOAMI)
      .expect(200);
  });
});

describe('a rule that denies', () => {
  beforeAll(async () => {
    await rules([EVERYBODY, 'deny', REASON]);
  });

  it('answers 403 in the body of the management door', async () => {
    const { body, headers } = await caller.get(WHOAMI).expect(403);

    expect(body).toMatchObject({ error: { status: 403, code: '403.firewall' }, data: null });
    expect(body).toMatchObject({ error: { detail: `A rule of this host refuses the request: ${REASON}` } });
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  it('answers 403 in the body of the account door', async () => {
    const { body } = await caller.get(KEYS).expect(403);

    expect(body).toMatchObject({ error: `A rule of this host refuses the request: ${REASON}`, code: '403.firewall' });
  });

  it.each([LISTS, EXCHANGE, JWKS, PAGE, '/public-api/v1/nowhere', '/nowhere'])(
    'answers 403 as a problem at %s',
    async (path) => {
      const { body, headers } = await token.get(path).expect(403);

      expect(headers['content-type']).toContain('application/problem+json');
      expect(body).toMatchObject({ status: 403, code: '403.firewall' });
    },
  );

  it('stands before the question who asks: nobody is told that a credential is bad, or missing', async () => {
    expect(await statusOf(anybody())).toBe(403);
    expect(await statusOf(at(app.as('hgk_junk'), domain))).toBe(403);
  });

  it('reads no body first, and no route decides', async () => {
    await caller.post('/v1/auth/login', '{"half').expect(403);
    await caller.put('/v1/nowhere', {}).expect(403);
  });

  it('never shuts out who asks whether the server is well', async () => {
    expect(await statusOf(anybody(), '/healthz/live')).toBe(200);
    expect(await statusOf(anybody(), '/healthz/ready')).toBe(200);
    expect(await statusOf(anybody(), '/healthz/none')).toBe(403);
  });

  it('says nothing of what it asks, in whatever it answers', async () => {
    await rules(['http.request.uri.path contains "whoami" and not http.host == "secret.example"', 'deny', null]);
    const { text } = await caller.get(WHOAMI).expect(403);

    expect(text).toContain('A rule of this host refuses the request.');
    expect(text).not.toContain('secret');
    expect(text).not.toContain('contains');
  });
});

describe('the order', () => {
  const GET = 'http.request.method == "GET"';

  it.each<[string, TestRule[], number]>([
    [
      'the first that holds decides: allow before deny',
      [
        [GET, 'allow'],
        [EVERYBODY, 'deny'],
      ],
      200,
    ],
    [
      'the first that holds decides: deny before allow',
      [
        [EVERYBODY, 'deny'],
        [GET, 'allow'],
      ],
      403,
    ],
    ['one that does not hold decides nothing', [['http.request.method == "PUT"', 'deny']], 200],
    [
      'one that only logs lets the next decide',
      [
        [EVERYBODY, 'log'],
        [EVERYBODY, 'deny'],
      ],
      403,
    ],
    ['and one that only logs lets through', [[EVERYBODY, 'log']], 200],
    ['no rule lets through', [], 200],
  ])('%s', async (_, given, status) => {
    await rules(...given);

    expect(await statusOf(caller)).toBe(status);
  });

  it('lets in only to where the credential is then asked for', async () => {
    await rules([EVERYBODY, 'allow'], [EVERYBODY, 'deny']);

    expect(await statusOf(anybody())).toBe(401);
    expect(await statusOf(at(app.as('hgk_junk'), domain))).toBe(401);
  });

  it('is that of the positions, not of the making', async () => {
    await rules([EVERYBODY, 'deny'], [EVERYBODY, 'allow']);
    const turn = 'UPDATE domain_rule SET pos = 1 - pos WHERE domain_id = ?';
    await app.database.transaction((tx) => tx.query(turn, [domain.id]));
    await updateDomain(app, domain, { updatedAt: app.clock.now() });

    expect(await statusOf(caller)).toBe(200);
  });

  it('leaves out what is switched off', async () => {
    await rules([EVERYBODY, 'deny']);
    await app.database.transaction((tx) => {
      return tx.query('UPDATE domain_rule SET enabled = 0 WHERE domain_id = ?', [domain.id]);
    });
    await updateDomain(app, domain, { updatedAt: app.clock.now() });

    expect(await statusOf(caller)).toBe(200);
  });
});

describe('what a rule asks', () => {
  it('is answered by the request as it came', async () => {
    await rules(
      ['http.request.uri.path == "/v1/hubs/current/api-keys" and http.request.uri.query contains "page"', 'deny'],
      ['http.request.headers["x-bad"][0] == "yes"', 'deny'],
      ['ip.src in $blocked', 'deny'],
    );
    await addList(app, domain, { name: 'blocked', type: 'ip', entries: ['203.0.113.0/24', '2001:db8::/32'] });

    expect(await statusOf(caller, '/v1/hubs/current/api-keys')).toBe(200);
    expect(await statusOf(caller, '/v1/hubs/current/api-keys?page[size]=1')).toBe(403);
    expect(await statusOf(caller.with({ 'x-bad': 'no' }))).toBe(200);
    expect(await statusOf(caller.with({ 'X-Bad': 'yes' }))).toBe(403);
    expect(await statusOf(caller.from('203.0.113.9:1234'))).toBe(403);
    expect(await statusOf(caller.from('[2001:db8::7]:1234'))).toBe(403);
    expect(await statusOf(caller.from('203.0.114.9'))).toBe(200);
  });

  it('is about the method that is sent: no header makes it another', async () => {
    await rules(['http.request.method == "POST"', 'deny']);
    const override = { 'x-http-method-override': 'GET', 'x-method-override': 'GET', 'x-http-method': 'GET' };

    expect((await caller.with(override).post('/v1/hubs/current/roles', {})).status).toBe(403);
    expect(await statusOf(caller.with({ 'x-http-method-override': 'POST' }))).toBe(200);
  });
});

describe('an unknown address', () => {
  const unknown = () => caller.from('unknown');

  it.each<[string, TestRule[], number]>([
    ['is denied where a rule asks for the address', [['ip.src == 192.0.2.1', 'log']], 403],
    ['is denied also where the rule would say that it is not one', [['not ip.src == 192.0.2.1', 'allow']], 403],
    ['is denied where only a list of addresses is asked', [['ip.src in {192.0.2.0/24}', 'allow']], 403],
    [
      'passes what is decided before',
      [
        ['http.request.method == "GET"', 'allow'],
        [EVERYBODY, 'deny'],
      ],
      200,
    ],
    ['passes where nobody asks for it', [['http.request.method == "PUT"', 'deny']], 200],
  ])('%s', async (_, given, status) => {
    await rules(...given);

    expect(await statusOf(unknown())).toBe(status);
  });
});

describe('a rule that cannot be read', () => {
  it.each([
    ['is no filter', 'http.request.method = GET ('],
    ['names a list that is not there', 'ip.src in $gone'],
    ['names a list of another type', 'http.request.method in $numbers'],
  ])('because it %s denies whoever gets as far as to it', async (_, filter) => {
    const open: TestRule = ['http.request.uri.path == "/v1/hubs/capabilities"', 'allow'];
    await rules(open, [filter, 'allow'], [EVERYBODY, 'allow']);
    if (filter.includes('numbers')) {
      await addList(app, domain, { name: 'numbers', type: 'int', entries: [1, 2] });
    }

    expect(await statusOf(caller)).toBe(403);
    expect(await statusOf(caller, '/v1/hubs/capabilities')).toBe(200);
  });

  it('is opened again by switching the rules off', async () => {
    await rules(['(', 'allow']);
    expect(await statusOf(caller)).toBe(403);
    await updateDomain(app, domain, { rulesEnabled: false });

    expect(await statusOf(caller)).toBe(200);
    await updateDomain(app, domain, { rulesEnabled: true });
    expect(await statusOf(caller)).toBe(403);
  });
});

describe('a domain', () => {
  it('that is not approved has no rules that act', async () => {
    const pending = await domainOf(app, hub, { state: 'pending', approvedName: null });
    await setRules(app, pending, [[EVERYBODY, 'deny']]);

    expect(await statusOf(at(app.as(key.secret), pending))).toBe(200);
  });

  it('of one hub says nothing about requests at any other host, its own included', async () => {
    await rules([EVERYBODY, 'deny']);
    const other = await app.create.hub();
    const mine = await domainOf(app, other);
    const otherKey = app.as((await app.create.ownerKey(other)).secret);

    expect(await statusOf(at(otherKey, mine))).toBe(200);
    expect(await statusOf(at(app.as(key.secret), mine))).toBe(200);
    expect(await statusOf(at(app.as(key.secret), 'hub.test'))).toBe(200);
    expect(await statusOf(at(otherKey, domain))).toBe(403);
  });

  it.each(['inactive', 'deleting', 'deleted'])('of a hub that is %s is nobody’s', async (state) => {
    const gone = await app.create.hub();
    const left = await domainOf(app, gone);
    await setRules(app, left, [[EVERYBODY, 'deny']]);
    expect(await statusOf(at(app.as(key.secret), left))).toBe(403);
    await app.database.transaction((tx) => tx.query('UPDATE hub SET state = ? WHERE id = ?', [state, gone.id]));
    await updateDomain(app, left, { updatedAt: app.clock.now() });

    expect(await statusOf(at(app.as(key.secret), left))).toBe(200);
  });
});

describe('a rule that challenges', () => {
  beforeAll(async () => {
    await rules([EVERYBODY, 'challenge'], [EVERYBODY, 'deny']);
  });

  it.each([WHOAMI, KEYS, LISTS, EXCHANGE, JWKS, PAGE, '/nowhere', '/v1/hubs/capabilities'])(
    'answers 401 at %s to who shows no credential',
    async (path) => {
      const { body, headers } = await anybody().get(path).expect(401);

      expect(headers['www-authenticate']).toContain('Bearer');
      expect(JSON.stringify(body)).toContain('401.firewall');
    },
  );

  it('lets who shows one go on to where it is checked, whatever rules come after', async () => {
    expect(await statusOf(caller)).toBe(200);
    expect(await statusOf(caller, KEYS)).toBe(200);
    expect(await statusOf(token, LISTS)).toBe(200);
    await anybody().with({ apiKey: key.secret }).get(EXCHANGE).expect(200);
  });

  it('takes nothing for a credential that the door does not take', async () => {
    expect((await token.get(WHOAMI).expect(401)).body).toMatchObject({ error: { code: '401.firewall' } });
    expect((await caller.get(LISTS).expect(401)).body).toMatchObject({ code: '401.firewall' });
    const junk = at(app.as('hgk_0000'), domain);
    expect((await junk.get(WHOAMI).expect(401)).body).toMatchObject({ error: { code: '401.firewall' } });
  });

  it.each(['/v1/hubs/capabilities', JWKS, PAGE])('lets nobody to %s, where no credential is checked', async (path) => {
    expect(await statusOf(caller, path)).toBe(401);
    expect(await statusOf(token, path)).toBe(401);
  });
});
