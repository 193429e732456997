import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ChangeFeed, recordChanges, type Scope } from '../../src/access/index.js';
import { newId } from '../../src/common/ids.js';
import { Config, readEnvironment } from '../../src/config/index.js';
import { type Client } from '../support/client.js';
import { type TestHub, type TestKey } from '../support/factory.js';
import { TEST_SECRET, useTestApp } from '../support/test-app.js';
import {
  type Json,
  partsOf,
  publicKeyTexts,
  reissued,
  signAsServer,
  signedWithPublicKey,
  signWith,
  unsigned,
} from './forge.js';

const test = useTestApp();

const KEYS = '/v1/hubs/current/api-keys';
const GROUPS = '/v1/hubs/current/groups';
const WHOAMI = '/public-api/v1/auth/whoami';
const LISTS = '/public-api/v1/lists';
const EXCHANGE = '/public-api/v1/auth/token';

/** An integrator's key in a hub of its own, the token it got, and who may change both. */
interface Scene {
  readonly hub: TestHub;
  readonly owner: Client;
  readonly key: TestKey;
  readonly groupId: string;
  readonly token: string;
}

async function scene(spec: { scopes?: readonly Scope[]; expiresAt?: string } = {}): Promise<Scene> {
  const hub = await test.app.create.hub();
  const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
  const groupId = await test.app.create.group(hub);
  const key = await test.app.create.integrationKey(hub, { groupId, ...spec });
  return { hub, owner, key, groupId, token: await test.app.create.token(key) };
}

/** Past the client that the tests use, which would be slow for thousands. */
async function statusOf(url: string, headers: Record<string, string>): Promise<number> {
  return (await test.app.nest.inject({ method: 'GET', url, headers })).statusCode;
}

const withToken = (token: string, url = WHOAMI): Promise<number> => statusOf(url, { authorization: `Bearer ${token}` });
const exchange = (key: string): Promise<number> => statusOf(EXCHANGE, { apikey: key });

describe('token exchange and JWT', () => {
  describe('incident 11 (CVE-2026-9094): a key was exchanged across organisations', () => {
    it('gives a token of the key’s own hub, whatever hub was asked for', async () => {
      const { hub, key } = await scene();
      const other = await test.app.create.hub();
      const caller = test.app.anonymous.with({ apiKey: key.secret });
      for (const parameter of ['hub', 'hubId', 'hub_id', 'aud', 'audience', 'organization']) {
        await caller.get(`${EXCHANGE}?${parameter}=${other.id}`).expect(422);
      }

      const { body } = await caller.with({ 'x-hub-id': other.id }).get(EXCHANGE).expect(200);

      const { accessToken } = body as { accessToken: string };
      expect(partsOf(accessToken).payload['hub']).toBe(hub.id);
      const me = await test.app.as(accessToken).with({ 'x-hub-id': other.id }).get(WHOAMI).expect(200);
      expect((me.body as { hub: { id: string } }).hub.id).toBe(hub.id);
      await test.app.as(key.secret).with({ 'x-hub-id': other.id }).get('/v1/hubs/current').expect(403);
    });

    it('takes no token whose hub, key or secret was swapped for another’s, although the signature is ours', async () => {
      const [mine, theirs] = [await scene(), await scene()];
      const foreign = partsOf(theirs.token).payload;

      expect(await withToken(reissued(test.app, mine.token, {}))).toBe(200);
      for (const claim of ['hub', 'sub', 'sid']) {
        expect([claim, await withToken(reissued(test.app, mine.token, { [claim]: foreign[claim] }))]).toEqual([
          claim,
          401,
        ]);
        expect([claim, await withToken(reissued(test.app, mine.token, { [claim]: newId() }))]).toEqual([claim, 401]);
      }
    });
  });

  describe('incident 12 (CVE-2026-9097): a revoked key could still be exchanged', () => {
    it('refuses the exchange and the tokens that are out from the next request on', async () => {
      const { owner, key, token } = await scene();
      expect([await exchange(key.secret), await withToken(token)]).toEqual([200, 200]);

      await owner.delete(`${KEYS}/${key.id}`).expect(200);

      expect([await exchange(key.secret), await withToken(token)]).toEqual([401, 401]);
    });
  });

  describe('incident 13 (CVE-2022-1245): a token for what the key does not have', () => {
    it('cannot be asked for', async () => {
      const { key } = await scene({ scopes: ['read:lists'] });
      const caller = test.app.anonymous.with({ apiKey: key.secret });

      for (const query of [
        'scope=write:lists',
        'scopes=write:lists',
        'audience=management',
        'resource=x',
        'expiresIn=999999',
      ]) {
        await caller.get(`${EXCHANGE}?${query}`).expect(422);
      }
      const { body } = await caller.get(EXCHANGE).expect(200);
      expect(partsOf((body as { accessToken: string }).accessToken).payload).toMatchObject({ scope: 'read:lists' });
    });

    it('gives nothing, even if it says more and the signature is ours', async () => {
      const { token } = await scene({ scopes: ['read:lists'] });
      const greedy = reissued(test.app, token, {
        scope: 'read:lists write:lists write:box admin *',
        role: 'owner',
        root: true,
        capabilities: { all: true },
        rights: { lists: [{ list_id: '*', rights: ['clear'] }] },
        projectCheckDisabled: true,
      });

      const { body } = await test.app.as(greedy).get(WHOAMI).expect(200);

      expect(body).toMatchObject({ scopes: ['read:lists'], capabilities: [] });
      expect((body as { rights: { lists: object[] } }).rights.lists).toEqual([{ list_id: '*', rights: ['read'] }]);
      await test.app.as(greedy).get('/v1/hubs/current').expect(401);
    });
  });

  describe('incident 14 (CVE-2026-39999, CVE-2023-48223): the token chose how it is verified', () => {
    it('takes no other algorithm, with any signature', async () => {
      const { header, payload } = partsOf((await scene()).token);
      const tokens = ['none', 'None', 'NONE', 'nOnE', '', null, 'HS256', 'ES384', 'RS256', 'EdDSA'].flatMap((alg) => [
        unsigned({ header: { ...header, alg }, payload }),
        unsigned({ header: { ...header, alg }, payload }, 'AAAA'),
        signAsServer(test.app, { header: { ...header, alg }, payload }),
      ]);

      for (const token of tokens) {
        expect([token, await withToken(token)]).toEqual([token, 401]);
      }
    });

    it('takes no HMAC with the public key, however that is written down', async () => {
      const { header, payload } = partsOf((await scene()).token);
      for (const text of publicKeyTexts(test.app)) {
        for (const alg of ['HS256', 'ES256']) {
          expect(await withToken(signedWithPublicKey({ header: { ...header, alg }, payload }, text))).toBe(401);
        }
      }
    });

    it('fetches or believes no key that the token brings or points to', async () => {
      const { header, payload } = partsOf((await scene()).token);
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const jwk = { ...publicKey.export({ format: 'jwk' }), kid: header['kid'], use: 'sig', alg: 'ES256' };
      const headers: Json[] = [
        { jwk },
        { jku: 'http://127.0.0.1:1/jwks.json' },
        { x5u: 'http://127.0.0.1:1/x.pem' },
        { x5c: [publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] },
        { crit: ['exp'] },
        { b64: false, crit: ['b64'] },
        { zip: 'DEF' },
        { typ: 'JWT' },
        { cty: 'JWT' },
      ];
      for (const extra of headers) {
        expect(await withToken(signWith(privateKey, { header: { ...header, ...extra }, payload }))).toBe(401);
        // Ours, but with a header that we never write.
        expect(await withToken(signAsServer(test.app, { header: { ...header, ...extra }, payload }))).toBe(401);
      }
    });

    it('looks a key up by nothing but a whole id of ours', async () => {
      const { header, payload } = partsOf((await scene()).token);
      const kid = String(header['kid']);
      const kids = [
        '../../../dev/null',
        '/dev/null',
        "' OR '1'='1",
        `${kid}'--`,
        `${kid} `,
        ` ${kid}`,
        kid.toUpperCase(),
        '',
        null,
        0,
        [kid],
        { $ne: null },
        newId(),
        '__proto__',
        'constructor',
      ];
      for (const wrong of kids.filter((one) => one !== kid)) {
        expect(await withToken(signAsServer(test.app, { header: { ...header, kid: wrong }, payload }))).toBe(401);
      }
      expect(await withToken(signAsServer(test.app, { header, payload }))).toBe(200);
    });
  });

  describe('incident 15 (GHSA-wxg7-w2v3-w38g): a token without an end was good for ever', () => {
    it.each(['exp', 'iat', 'iss', 'aud', 'sub', 'hub', 'sid', 'kv', 'scope'])(
      'refuses a token without %s',
      async (claim) => {
        const { token } = await scene();

        expect(await withToken(reissued(test.app, token, { [claim]: undefined }))).toBe(401);
      },
    );

    it.each(['typ', 'kid', 'alg'])('refuses a token without %s in its header', async (name) => {
      const { token } = await scene();

      expect(await withToken(reissued(test.app, token, {}, { [name]: undefined }))).toBe(401);
    });

    it('refuses an end that is no number, too far away, or past', async () => {
      const { token } = await scene();
      const now = Math.floor(test.app.clock.now() / 1000);
      for (const exp of ['9999999999', 1e300, now + 0.5, -1, now, now - 1, now + 3600 * 24, Number.MAX_SAFE_INTEGER]) {
        expect([exp, await withToken(reissued(test.app, token, { exp }))]).toEqual([exp, 401]);
      }
      expect(await withToken(reissued(test.app, token, { iat: now + 3600, exp: now + 7200 }))).toBe(401);
      expect(await withToken(reissued(test.app, token, { nbf: now + 3600 }))).toBe(401);
    });
  });

  describe('incident 16 (CVE-2026-55689): issuer and audience were checked only if somebody had set them', () => {
    it('always checks both, for there is no setting', async () => {
      const { token } = await scene();
      const { iss } = partsOf(token).payload;
      const issuers = [newId(), '', null, `${String(iss)} `, ['x'], 'http://localhost'];
      const audiences = ['management', '', null, [], ['management'], 'PUBLIC-API', 'public-api '];

      for (const wrong of issuers) {
        expect(await withToken(reissued(test.app, token, { iss: wrong }))).toBe(401);
      }
      for (const wrong of audiences) {
        expect(await withToken(reissued(test.app, token, { aud: wrong }))).toBe(401);
      }
      expect(partsOf(token).payload).toMatchObject({ iss: expect.stringMatching(/^[0-9a-f]{24}$/), aud: 'public-api' });
    });

    it('does not start without the secret that the signing keys rest on', () => {
      const server = { DATABASE_URL: 'mariadb://root@127.0.0.1/hub', HUBGATE_DATA_DIR: '/nowhere' };

      expect(() => new Config(readEnvironment(server)).secret).toThrow('HUBGATE_SECRET');
      expect(() => new Config(readEnvironment({ ...server, HUBGATE_SECRET: 'changeme' })).secret).toThrow(
        'at least 32',
      );
      expect(new Config(readEnvironment({ ...server, HUBGATE_SECRET: TEST_SECRET })).secret).toBeDefined();
    });
  });

  describe('incident 17 (CVE-2026-27840): a token that was cut short still worked', () => {
    const OTHER = /[A-Za-y0-8]/;
    const changed = (text: string, index: number) => {
      const character = text.charAt(index);
      const other = OTHER.test(character) ? String.fromCharCode(character.charCodeAt(0) + 1) : 'A';
      return text.slice(0, index) + other + text.slice(index + 1);
    };

    /** Every proper prefix, every change of one character, and what people add by accident. */
    const mutants = (text: string): string[] => {
      const places = Array.from({ length: text.length }, (_, index) => index);
      const added = [
        `${text}A`,
        `${text}=`,
        `${text}.`,
        `A${text}`,
        text.slice(1),
        text.toUpperCase(),
        text.toLowerCase(),
      ];
      return [...places.slice(1).map((end) => text.slice(0, end)), ...places.map((at) => changed(text, at)), ...added];
    };

    it('refuses every prefix and every changed character of a key, at both doors', async () => {
      const { key } = await scene();
      const wrong = mutants(key.secret).filter((text) => text !== key.secret);
      const accepted: string[] = [];
      for (const text of wrong) {
        const statuses = [
          await exchange(text),
          await statusOf('/v1/hubs/current', { authorization: `Bearer ${text}` }),
        ];
        accepted.push(...(statuses.every((status) => status === 401) ? [] : [text]));
      }

      expect(wrong.length).toBeGreaterThan(130);
      expect(accepted).toEqual([]);
      expect(await exchange(key.secret)).toBe(200);
    });

    it('refuses every prefix and every changed character of a token', async () => {
      const { token } = await scene();
      const accepted: string[] = [];
      for (const text of mutants(token).filter((one) => one !== token)) {
        accepted.push(...((await withToken(text)) === 401 ? [] : [text]));
      }

      expect(accepted).toEqual([]);
      expect(await withToken(token)).toBe(200);
    });
  });

  describe('incidents 18 and 19 (CVE-2025-3930, CVE-2024-47000): what was switched off went on with its token', () => {
    const edit = ({ owner, key }: Scene, change: object) => owner.patch(`${KEYS}/${key.id}`, change).expect(200);
    /** No verb switches a hub off yet; what such a verb will do is write the row and tell the feed. */
    const switchOff = async ({ hub }: Scene) => {
      const now = test.app.clock.now();
      await test.app.database.transaction(async (tx) => {
        await tx.query("UPDATE hub SET state = 'inactive' WHERE id = ?", [hub.id]);
        await recordChanges(tx, hub.id, [{ kind: 'hub', id: hub.id }], now);
      });
      await test.app.nest.get(ChangeFeed).poll();
    };
    const ends: [string, (made: Scene) => Promise<unknown>, number, number][] = [
      ['the key is deleted', ({ owner, key }) => owner.delete(`${KEYS}/${key.id}`).expect(200), 401, 401],
      ['the hub is switched off', switchOff, 401, 401],
      ['the addresses are narrowed', (made) => edit(made, { ips: ['192.0.2.1'] }), 403, 403],
      ['the scopes are taken away', (made) => edit(made, { scopes: [] }), 200, 403],
      [
        'the group is emptied',
        ({ owner, groupId }) => owner.patch(`${GROUPS}/${groupId}`, { permissions: { lists: [] } }).expect(200),
        200,
        404,
      ],
      ['the key leaves its group', (made) => edit(made, { group_id: null }), 200, 404],
    ];

    it.each(ends)(
      'when %s, the exchange and the token that is out follow at once',
      async (_what, end, exchanged, read) => {
        const made = await scene();
        const { name } = await test.app.create.list(made.hub);
        const list = `${LISTS}/list?Name=${name}`;
        expect([await exchange(made.key.secret), await withToken(made.token, list)]).toEqual([200, 200]);

        await end(made);

        expect([await exchange(made.key.secret), await withToken(made.token, list)]).toEqual([exchanged, read]);
      },
    );

    it('when the key ends, the exchange and the token end with it', async () => {
      const end = test.app.clock.now() + 60_000;
      const { key, token } = await scene({ expiresAt: new Date(end).toISOString() });
      expect(partsOf(token).payload['exp']).toBeLessThanOrEqual(end / 1000);

      test.app.clock.advance(61_000);

      expect([await exchange(key.secret), await withToken(token)]).toEqual([401, 401]);
    });
  });

  describe('incident 20 (CVE-2025-12110): a session kept the scope that was taken away', () => {
    it('lets the next request without the capability or the scope be the first that is refused', async () => {
      const { hub, owner, key, token } = await scene();
      const manager = await test.app.create.key({ hub, capabilities: ['groups-manage'] });
      const client = test.app.as(manager.secret);
      await client.get(GROUPS).expect(200);
      expect(await withToken(token, LISTS)).toBe(200);

      const none = { capabilities: { all: false, specific: [] } };
      await owner.patch(`/v1/hubs/current/roles/${manager.roleId}`, none).expect(200);
      await owner.patch(`${KEYS}/${key.id}`, { scopes: ['write:lists'] }).expect(200);

      await client.get(GROUPS).expect(403);
      expect(await withToken(token, LISTS)).toBe(403);
    });

    it('does not give a scope back to a token that was issued without it', async () => {
      const { owner, key, token } = await scene({ scopes: ['write:lists'] });

      await owner.patch(`${KEYS}/${key.id}`, { scopes: ['read:lists', 'write:lists'] }).expect(200);

      expect(await withToken(token, LISTS)).toBe(403);
      expect(await withToken(await test.app.create.token(key), LISTS)).toBe(200);
    });
  });
});
