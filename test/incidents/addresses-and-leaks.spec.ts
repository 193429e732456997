import { describe, expect, it } from 'vitest';
import { generateKeySecret } from '../../src/access/index.js';
import { newId } from '../../src/common/ids.js';
import { Config, loadConfig, readEnvironment } from '../../src/config/index.js';
import { type Client } from '../support/client.js';
import { rawRequest } from '../support/raw-request.js';
import { TestApp, useTestApp } from '../support/test-app.js';

const test = useTestApp();

const CURRENT = '/v1/hubs/current';
const WHOAMI = `${CURRENT}/whoami`;
const EXCHANGE = '/public-api/v1/auth/token';

async function keyFor(app: TestApp, ips: readonly string[]): Promise<string> {
  return (await app.create.key({ hub: await app.create.hub(), ips })).secret;
}

async function addressSeen(client: Client): Promise<string | null> {
  const { body } = await client.get(WHOAMI).expect(200);
  return (body as { data: { client_address: string | null } }).data.client_address;
}

describe('address rules and proxies', () => {
  describe('incident 30 (CVE-2022-24112): a header said where the client was', () => {
    const headers = [
      'x-forwarded-for',
      'x-real-ip',
      'x-client-ip',
      'client-ip',
      'true-client-ip',
      'cf-connecting-ip',
      'x-cluster-client-ip',
      'x-original-forwarded-for',
      'x-originating-ip',
      'x-remote-addr',
      'via',
    ];
    const spoofs = (address: string) => [
      ...headers.map((name) => ({ [name]: address })),
      { forwarded: `for=${address}` },
      { forwarded: `for="[::ffff:${address}]";proto=https;by=${address}` },
    ];

    it('believes no header of a peer that is not a trusted proxy', async () => {
      const app = await TestApp.start({ environment: { TRUSTED_PROXIES: '198.51.100.1' } });
      try {
        const secret = await keyFor(app, ['203.0.113.9']);
        for (const header of spoofs('203.0.113.9')) {
          const { body } = await app.as(secret).with(header).get(CURRENT).expect(403);
          expect((body as { error: { code: string } }).error.code).toBe('403.invalid-ip');
          await app.anonymous
            .with({ ...header, apiKey: secret })
            .get(EXCHANGE)
            .expect(403);
        }
      } finally {
        await app.stop();
      }
    });

    it('believes of a trusted proxy what the proxy added, not what the client put in front', async () => {
      const caller = test.app.as(await keyFor(test.app, ['203.0.113.9']));
      const behind = async (header: string) => (await caller.with({ 'x-forwarded-for': header }).get(CURRENT)).status;

      expect(await behind('203.0.113.9')).toBe(200);
      expect(await behind('203.0.113.9, 198.51.100.7')).toBe(403);
      expect(await behind('203.0.113.9, 127.0.0.1, 198.51.100.7')).toBe(403);
      expect(await behind('198.51.100.7, 203.0.113.9')).toBe(200);
      expect(await behind('198.51.100.7, 203.0.113.9, 127.0.0.1')).toBe(200);
      for (const header of spoofs('203.0.113.9').slice(1)) {
        await caller.with(header).from('198.51.100.7').get(CURRENT).expect(403);
      }
    });

    it('reads what the proxy added also behind more lines than a client ever sends', async () => {
      const key = await keyFor(test.app, ['127.0.0.0/8']);
      const padding = Array<string>(2500).fill('a:');
      const sent = ['X-Forwarded-For: 203.0.113.9', `Authorization: Bearer ${key}`];
      expect((await rawRequest(test.app, WHOAMI, sent)).status).toBe(403);
      expect((await rawRequest(test.app, WHOAMI, [...sent.slice(1), ...padding, sent[0]])).status).toBe(403);
    });

    it('reads all lines of the header as one, whichever the client managed to put first', async () => {
      const secret = await keyFor(test.app, ['203.0.113.9']);
      const lines = [
        'X-Forwarded-For: 203.0.113.9',
        'X-Forwarded-For: 198.51.100.7',
        `Authorization: Bearer ${secret}`,
      ];

      expect((await rawRequest(test.app, CURRENT, lines)).status).toBe(403);
      expect((await rawRequest(test.app, CURRENT, [lines[1] ?? '', lines[0] ?? '', lines[2] ?? ''])).status).toBe(200);
    });
  });

  describe('incident 31 (CVE-2026-33376, CVE-2026-35409, CVE-2026-45364): one address was a whole network, or two', () => {
    const cases: [string, string, boolean][] = [
      ['203.0.113.9', '203.0.113.9', true],
      ['203.0.113.9', '203.0.113.8', false],
      ['203.0.113.9', '::ffff:203.0.113.9', true],
      ['203.0.113.9', '::ffff:cb00:7109', true],
      ['::ffff:203.0.113.9', '203.0.113.9', true],
      ['203.0.113.0/24', '::ffff:203.0.113.200', true],
      ['203.0.113.0/24', '203.0.114.1', false],
      ['2001:db8::1', '2001:db8::1', true],
      ['2001:db8::1', '2001:0DB8:0:0::0001', true],
      ['2001:db8::1', '2001:db8::2', false],
      ['2001:db8::1', '2001:db8:1::1', false],
      ['2001:db8::/64', '2001:db8:0:0:ffff::1', true],
      ['2001:db8::/64', '2001:db8:0:1::1', false],
      ['0.0.0.0/0', '203.0.113.9', true],
      ['0.0.0.0/0', '2001:db8::1', false],
      ['::/0', '203.0.113.9', false],
    ];

    it.each(cases)('%s lets %s in: %s', async (entry, address, admitted) => {
      const caller = test.app.as(await keyFor(test.app, [entry]));

      const { status } = await caller.from(address).get(CURRENT);

      expect(status).toBe(admitted ? 200 : 403);
    });

    it('counts guesses of one IPv6 network together, and those of another apart', async () => {
      const network = `2001:db8:${newId().slice(-4)}:${newId().slice(-4)}`;
      const guess = async (address: string) =>
        (await test.app.as(generateKeySecret(newId()).text).from(address).get(CURRENT)).status;
      for (let host = 1; host <= 30; host += 1) {
        expect(await guess(`${network}::${host}`)).toBe(401);
      }

      expect(await guess(`${network}:aaaa::1`)).toBe(429);
      expect(await guess('2001:db8:ffff:ffff::1')).toBe(401);
    });
  });

  describe('incident T3 (dd443526): the proxy wrote a port beside the address', () => {
    const read: [string, string][] = [
      ['203.0.113.9:5678', '203.0.113.9'],
      ['[2001:db8::1]:443', '2001:db8::1'],
      ['[2001:db8::1]', '2001:db8::1'],
      ['2001:db8::1', '2001:db8::1'],
      ['::ffff:203.0.113.9', '203.0.113.9'],
      ['"[2001:db8::1]:443"', '2001:db8::1'],
      ['fe80::1%12', 'fe80::1'],
    ];
    const junk = [
      'unknown',
      '203.0.113.9:',
      '203.0.113.9:99999',
      '203.0.113',
      '[2001:db8::1',
      '2001:db8::1]:443',
      '_hidden',
      '0xcb.0.113.9',
      '203.0.113.09',
      'localhost',
      '-',
      '203.0.113.9;x',
    ];

    it.each(read)('reads %s as %s, and an allow-list as well', async (header, address) => {
      expect(await addressSeen((await anybody()).from(header))).toBe(address);

      const caller = test.app.as(await keyFor(test.app, [address]));
      await caller.from(header).get(CURRENT).expect(200);
      await caller.from('198.51.100.7').get(CURRENT).expect(403);
    });

    it.each(junk)('takes "%s" for no address, which no allow-list lets in', async (header) => {
      expect(await addressSeen((await anybody()).from(header))).toBeNull();

      const caller = test.app.as(await keyFor(test.app, ['0.0.0.0/0', '::/0', '203.0.113.9']));
      await caller.from(header).get(CURRENT).expect(403);
      await caller.from(`203.0.113.9, ${header}`).get(CURRENT).expect(403);
    });

    const anybody = async () => test.app.create.caller({ hub: await test.app.create.hub() });
  });

  describe('incident 33 (CVE-2023-38507, CVE-2021-27306): another spelling of the path slipped past the guard', () => {
    const spellings = [
      '/V1/hubs/current/groups',
      '/v1/hubs/current/groups/',
      '//v1/hubs/current/groups',
      '/v1//hubs/current/groups',

      '/v1/./hubs/current/groups',
      '/v1/x/../hubs/current/groups',
      '/v1/%2e/hubs/current/groups',
      '/v1/x/%2e%2e/hubs/current/groups',

      '/v1/hubs/current/groups;x=1',
      '/v1;x/hubs/current/groups',
      '/v1/hubs/current/groups%2f',
      '/v1/hubs/current%2fgroups',

      '/v1/hubs/current/groups%20',
      '/v1/hubs/current/groups%00',
      '/v1/hubs/current\\groups',
      '/%76%31/hubs/current/groups',

      '/healthz/../v1/hubs/current/groups',
      '/public-api/../v1/hubs/current/groups',
      'http://hub.test/v1/hubs/current/groups',

      '/v1/hubs/current/groups#/healthz/live',
      '/v1/hubs/current/groups?/healthz/live',
      '/v1/hubs/current/%67roups',
    ];

    it.each(spellings)('%s opens to nobody, and to no caller who lacks the capability', async (target) => {
      const key = await test.app.create.key({ hub: await test.app.create.hub() });

      const statuses = [
        (await rawRequest(test.app, target, [])).status,
        (await rawRequest(test.app, target, [`Authorization: Bearer ${key.secret}`])).status,
      ];

      expect([401, 404]).toContain(statuses[0]);
      expect([403, 404]).toContain(statuses[1]);
    });

    it.each(['/public%2Dapi', '/%70ublic-api', 'http://hub.test/public-api', 'HTTP://HUB.TEST/public%2dapi'])(
      '%s is the public door too: an API key does not open it',
      async (prefix) => {
        const hub = await test.app.create.hub();
        const key = await test.app.create.integrationKey(hub, { roleId: hub.roles['owner'] });
        const ask = (path: string, credential: string) =>
          rawRequest(test.app, `${prefix}/v1/${path}`, [`Authorization: Bearer ${credential}`]);

        expect((await ask('lists', key.secret)).status).toBe(401);
        expect((await ask('auth/whoami', key.secret)).status).toBe(401);
        expect((await ask('lists', await test.app.create.token(key))).status).toBe(200);
      },
    );
  });
});

describe('leaks', () => {
  describe('incident 35 (CVE-2025-64748, CVE-2026-27886, CVE-2022-24124): a filter or a sort read what it may not show', () => {
    const fields = [
      'secret',
      'hash',
      'digest',
      'token',
      'password',
      'hub_id',
      'hubId',
      'role.capabilities',
      'kv',
      'creator_id',
      'toString',
      '__proto__',
    ];
    const queries = [
      ...fields.flatMap((field) => [
        `sort=${field}`,
        `sort=-${field}`,
        `filter[${field}]=a`,
        `include=${field}`,
        `meta=${field}`,
      ]),

      'sort=id;DROP TABLE role',
      "sort=id'--",
      'sort=id desc, (select 1)',
      'sort=name,secret',
      'sort=k.nameKey',

      'filter[secret][_like]=a',
      'filter[role][capabilities]=a',
      'filter=secret',
      'fields=secret',
      'alias[secret]=name',

      'include=roles.keys',
      'include=roles,secrets',
      'page[size]=101',
      'page[size]=0',
      'page[number]=1e9',
      'deep[x]=1',
      'where=1',
    ];

    it.each(['api-keys', 'groups', 'roles', 'lists'])('takes none of them on %s', async (collection) => {
      const hub = await test.app.create.hub();
      const secret = (await test.app.create.ownerKey(hub)).secret;
      const taken: string[] = [];
      for (const query of queries) {
        const url = `${CURRENT}/${collection}?${query.replaceAll(' ', '%20')}`;
        const { statusCode, body } = await test.app.nest.inject({
          url,
          headers: { authorization: `Bearer ${secret}` },
        });
        const named = (JSON.parse(body) as { error?: { code: string } }).error?.code.startsWith('422.');
        taken.push(...(statusCode === 422 && named ? [] : [`${query}: ${statusCode}`]));
      }

      expect(taken).toEqual([]);
    });

    it('takes none of them as a column of a list', async () => {
      const hub = await test.app.create.hub();
      const { name } = await test.app.create.list(hub);
      const caller = await test.app.create.integrator(hub);
      const columns = [
        'hub_id',
        'list_no',
        'row_id',
        'n1',
        's1',
        'no',
        '1',
        "MaterialNo'--",
        'MaterialNo DESC, (SELECT 1)',
        '*',
        'constructor',
      ];

      for (const column of columns) {
        const query = `Name=${name}&SortColumn=${encodeURIComponent(column)}`;
        const read = await caller.get(`/public-api/v1/lists/list?${query}`);
        const write = await caller.post('/public-api/v1/lists/items', { listName: name, data: { [column]: 1 } });
        expect([column, read.status, write.status]).toEqual([column, 422, 422]);
      }
    });

    it('searches for what was typed, and only in names', async () => {
      const hub = await test.app.create.hub();
      const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
      const key = await test.app.create.key({ hub, name: '50%_off' });
      const found = async (text: string) => {
        const { body } = await owner.get(`${CURRENT}/api-keys?filter[search]=${encodeURIComponent(text)}`).expect(200);
        return (body as { data: { name: string }[] }).data.map(({ name }) => name);
      };

      expect(await found('%')).toEqual(['50%_off']);
      expect(await found('_OFF')).toEqual(['50%_off']);
      for (const hidden of [key.id, key.secret.slice(-38, -6), key.secret.slice(-6), "' OR 1=1 --", '%%', '0__']) {
        expect([hidden, await found(hidden)]).toEqual([hidden, []]);
      }
    });
  });

  describe('incident 36 (CVE-2025-53886, CVE-2023-1387, CVE-2020-13945): a key in the URL, a secret from the factory', () => {
    const names = [
      'apiKey',
      'apikey',
      'api_key',
      'key',
      'token',
      'access_token',
      'accessToken',
      'auth',
      'authorization',
      'bearer',
      'jwt',
    ];

    it.each(names)('authenticates nobody by ?%s=', async (name) => {
      const hub = await test.app.create.hub();
      const key = await test.app.create.integrationKey(hub);
      const token = await test.app.create.token(key);
      for (const [path, credential] of [
        [CURRENT, key.secret],
        [EXCHANGE, key.secret],
        ['/public-api/v1/lists', token],
      ]) {
        const { status, text } = await test.app.anonymous.get(`${path}?${name}=${credential}`);

        expect([path, [401, 422].includes(status)]).toEqual([path, true]);
        expect(text).not.toContain(credential);
      }
    });

    it('refuses a key in the URL also beside a good one, and repeats nothing of it', async () => {
      const hub = await test.app.create.hub();
      const key = await test.app.create.ownerKey(hub);

      const { body, text } = await test.app.as(key.secret).get(`${CURRENT}?apiKey=${key.secret}`).expect(422);

      expect((body as { error: { detail: string } }).error.detail).toContain('never accepted in a query string');
      expect(text).not.toContain(key.secret.slice(-38));
    });

    it.each(['', 'secret', 'changeme', 'hubgate', 'x'.repeat(31)])(
      'does not start with "%s" as its secret',
      (secret) => {
        const server = {
          DATABASE_URL: 'mysql://root@127.0.0.1/hub',
          HUBGATE_DATA_DIR: '/nowhere',
          HUBGATE_SECRET: secret,
        };

        expect(() => loadConfig(server)).toThrow('HUBGATE_SECRET');
        expect(() => new Config(readEnvironment(server)).secret).toThrow('HUBGATE_SECRET');
      },
    );

    it('has no key in a new hub but the one that its maker was shown', async () => {
      const hub = await test.app.create.hub();

      expect(await test.app.database.query('SELECT id FROM api_key WHERE hub_id = ?', [hub.id])).toEqual([]);
    });
  });
});
