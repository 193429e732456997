import { describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import { API_KEYS, dataOf, keyPath, ownedHub, ROLES } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';
import { IdempotencyPurge } from '../../src/modules/idempotency/index.js';
import { keyed, newKey, recordsOf } from './support/posts.js';

const test = useTestApp();

const MINUTE = 60_000;
const TEN_MINUTES = 10 * MINUTE;
const DAY = 24 * 60 * MINUTE;

const purge = () => test.app.nest.get(IdempotencyPurge).run();

/** Two requests whose answers hold a secret. */
const POSTS = {
  createApiKey: { table: 'api_key', path: async () => API_KEYS, body: (role_id: string) => ({ name: 'ERP', role_id }) },
  rotateAPIKey: {
    table: 'api_secret',
    path: async (roleId: string, owner: Client) => {
      const { id } = dataOf(await owner.post(API_KEYS, { name: 'ERP', role_id: roleId }).expect(201));
      return `${keyPath({ id })}/rotate`;
    },
    body: () => ({}),
  },
} as const;

describe.each(Object.keys(POSTS) as (keyof typeof POSTS)[])('the secret in the answer of %s', (name) => {
  async function sent() {
    const { hub, owner } = await ownedHub(test.app);
    const roleId = hub.roles['integration'] ?? '';
    const path = await POSTS[name].path(roleId, owner);
    const body = POSTS[name].body(roleId);
    const key = newKey();
    const first = await keyed(owner, key).post(path, body).expect(201);
    const repeat = () => keyed(owner, key).post(path, body).expect(201);
    return { hub, owner, key, first, repeat, secret: String(dataOf(first)['secret']) };
  }

  it('is in each repetition for ten minutes, and masked from then on', async () => {
    const { first, repeat, secret } = await sent();
    expect(secret).toMatch(/^hgk_[0-9a-f]{24}_[0-9A-Za-z]{38}$/);
    const masked = `${secret.slice(0, 28)}_****`;

    test.app.clock.advance(TEN_MINUTES - MINUTE);
    expect((await repeat()).text).toBe(first.text);
    test.app.clock.advance(MINUTE);
    expect((await repeat()).text).toBe(first.text.replace(secret, masked));
    test.app.clock.advance(DAY - TEN_MINUTES - MINUTE);
    expect((await repeat()).text).toBe(first.text.replace(secret, masked));
  });

  it('is masked as later reads show it', async () => {
    const { owner, first, repeat } = await sent();
    const { id, api_key_id = id } = dataOf(first);
    test.app.clock.advance(TEN_MINUTES);

    const shown = dataOf(await owner.get(keyPath({ id: api_key_id })).expect(200))['secret'];
    expect(dataOf(await repeat())['secret']).toBe(shown);
  });

  it('is sealed while it is kept, and destroyed after', async () => {
    const { hub, repeat, secret } = await sent();
    const [record] = await recordsOf(test.app, hub);
    expect(record?.['sealed_body']).not.toBeNull();

    await purge();
    expect(await recordsOf(test.app, hub)).toEqual([record]);
    test.app.clock.advance(TEN_MINUTES);
    await purge();
    expect(await recordsOf(test.app, hub)).toEqual([{ ...record, sealed_body: null, sealed_until: null }]);
    expect((await repeat()).text).not.toContain(secret.slice(-38));
  });

  it('is nowhere in the table to be read, nor is the key of the request', async () => {
    const { hub, key, secret } = await sent();
    const stored = JSON.stringify(await recordsOf(test.app, hub));

    for (const text of [secret, secret.slice(-38), key]) {
      const bytes = Buffer.from(text);
      for (const form of [text, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')]) {
        expect(stored).not.toContain(form);
      }
    }
  });

  it('does not open for another record', async () => {
    const { hub, repeat } = await sent();
    const other = await sent();
    const [from] = await recordsOf(test.app, hub);
    const sealed = Buffer.from(String(from?.['sealed_body']), 'hex');
    const sql = 'UPDATE idempotency_record SET sealed_body = ? WHERE hub_id = ?';
    await test.app.database.transaction((tx) => tx.query(sql, [sealed, other.hub.id]));

    await repeat();
    const key = keyed(other.owner, other.key);
    const { status, text } = await key.post(
      other.first.request.url.replace(/^http:\/\/[^/]+/, ''),
      bodyOf(other.first),
    );
    expect(status).toBe(500);
    expect(text).not.toContain('hgk_');
  });
});

function bodyOf({ request }: { readonly request: unknown }): object {
  return (request as { _data: object })._data;
}

describe('an answer', () => {
  it('without a secret is not sealed', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await keyed(owner).post(ROLES, { identifier: 'night-shift', rank: 1 }).expect(201);

    expect(await recordsOf(test.app, hub)).toMatchObject([{ sealed_body: null, sealed_until: null }]);
  });

  it('is kept for a day; then the key is free again', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const caller = keyed(owner);
    const create = () => caller.post(ROLES, { identifier: 'night-shift', rank: 1 }).expect(201);
    const first = await create();

    test.app.clock.advance(DAY - 1000);
    await purge();
    expect((await create()).text).toBe(first.text);
    test.app.clock.advance(1000);
    const second = await create();
    expect(second.headers['idempotency-replayed']).toBeUndefined();
    expect(dataOf(second)['id']).not.toBe(dataOf(first)['id']);
    expect((await create()).text).toBe(second.text);
    test.app.clock.advance(DAY + 1000);
    await purge();
    expect(await recordsOf(test.app, hub)).toEqual([]);
  });

  it('is removed however many there are', async () => {
    const { hub } = await ownedHub(test.app);
    const now = test.app.clock.now();
    const sql = 'INSERT INTO idempotency_record (digest, hub_id, fingerprint, created_at) VALUES (?, ?, ?, ?)';
    await test.app.database.transaction(async (tx) => {
      for (let number = 0; number < 450; number += 1) {
        const digest = Buffer.alloc(32);
        digest.writeUInt32BE(number);
        await tx.query(sql, [digest, hub.id, digest, number === 449 ? now : now - DAY - 1]);
      }
    });

    await purge();
    expect(await recordsOf(test.app, hub)).toMatchObject([{ created_at: now }]);
  });
});
