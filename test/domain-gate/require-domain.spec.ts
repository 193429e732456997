import { beforeAll, describe, expect, it } from 'vitest';
import { UsageLog } from '../../src/access/index.js';
import { type Client } from '../support/client.js';
import { type TestHub, type TestKey } from '../support/factory.js';
import { activityOf, dataOf, leavesAlone, refusalOf } from '../support/management.js';
import { type TestApp, useTestApp } from '../support/test-app.js';
import { at, domainOf, type TestDomain, updateDomain } from './support.js';

const HUB = '/v1/hubs/current';
const WHOAMI = `${HUB}/whoami`;
const EXCHANGE = '/public-api/v1/auth/token';
const LISTS = '/public-api/v1/lists';
const KEYS = '/api/v1/api_keys';

const holder = useTestApp();
let app: TestApp;

beforeAll(() => {
  ({ app } = holder);
});

interface Scene {
  readonly hub: TestHub;
  readonly domain: TestDomain;
  readonly key: TestKey;
  readonly owner: Client;
  readonly token: Client;
}

/** A hub with a domain that it does not require yet. */
async function scene(): Promise<Scene> {
  const hub = await app.create.hub();
  const domain = await domainOf(app, hub);
  const key = await app.create.ownerKey(hub);
  const groupId = await app.create.group(hub);
  const reader = await app.create.key({ hub, groupId, scopes: ['read:lists'] });
  const token = app.as(await app.create.token(reader));
  return { hub, domain, key, owner: app.as(key.secret), token };
}

const REQUIRED = { security: { require_domain: true } };

async function confined(): Promise<Scene> {
  const made = await scene();
  await at(made.owner, made.domain).patch(HUB, REQUIRED).expect(200);
  return made;
}

const statusOf = async (client: Client, path: string) => (await client.get(path)).status;

describe('403: keys of a hub that requires its domains', () => {
  it('are refused at every door from another host, in the door’s body', async () => {
    const { owner, token, key, domain } = await confined();
    const exchange = app.anonymous.with({ apiKey: key.secret });
    const management = await owner.get(WHOAMI).expect(403);
    const account = await owner.get(KEYS).expect(403);

    expect(refusalOf(management)).toMatchObject({ code: '403.wrong-domain' });
    expect(account.body).toMatchObject({ code: '403.wrong-domain' });
    expect(typeof (account.body as { error: unknown }).error).toBe('string');
    for (const [caller, path] of [
      [token, LISTS],
      [exchange, EXCHANGE],
    ] as const) {
      const { body, headers } = await caller.get(path).expect(403);
      expect(body).toMatchObject({ code: '403.wrong-domain' });
      expect(headers['content-type']).toContain('application/problem+json');
    }
    expect(JSON.stringify([management.body, account.body])).not.toContain(domain.name);
  });

  it('are taken at its own domain, at every door, and at each of them', async () => {
    const { hub, owner, token, key, domain } = await confined();
    const second = await domainOf(app, hub);

    for (const host of [domain, second]) {
      expect(await statusOf(at(owner, host), WHOAMI)).toBe(200);
      expect(await statusOf(at(owner, host), KEYS)).toBe(200);
      expect(await statusOf(at(token, host), LISTS)).toBe(200);
      expect(await statusOf(at(app.anonymous.with({ apiKey: key.secret }), host), EXCHANGE)).toBe(200);
    }
  });

  it.each<[string, (made: Scene) => Promise<string>]>([
    ['no host of anybody', () => Promise.resolve('hub.test')],
    ['a domain of another hub', async () => (await domainOf(app, await app.create.hub())).name],
    [
      'a claim of the hub that is pending',
      async ({ hub }) => (await domainOf(app, hub, { state: 'pending', approvedName: null })).name,
    ],
    ['a host below its domain', ({ domain }) => Promise.resolve(`www.${domain.name}`)],
    ['what only a header forwards', () => Promise.resolve('hub.test')],
  ])('are refused at %s', async (_, host) => {
    const made = await confined();
    const caller = at(made.owner, await host(made)).with({ 'x-forwarded-host': made.domain.name });

    expect(await statusOf(caller, WHOAMI)).toBe(403);
  });

  it('are refused at once when the domain is no longer approved, their tokens too', async () => {
    const { owner, token, domain } = await confined();
    expect(await statusOf(at(owner, domain), WHOAMI)).toBe(200);
    await updateDomain(app, domain, { state: 'pending', approvedName: null });

    expect(await statusOf(at(owner, domain), WHOAMI)).toBe(403);
    expect(await statusOf(at(token, domain), LISTS)).toBe(403);
  });

  it('are counted as other refusals are', async () => {
    const { owner, key } = await confined();
    const usage = app.nest.get(UsageLog);
    usage.drainRefusals();
    await owner.get(WHOAMI).expect(403);
    await owner.get(KEYS).expect(403);

    const counted = usage.drainRefusals().filter(({ subjectId }) => subjectId === key.id);
    expect(counted).toMatchObject([{ code: '403.wrong-domain', count: 2 }]);
  });
});

describe('200: whom it does not confine', () => {
  it('is a person, who enters the hub by any host', async () => {
    const { hub } = await confined();
    const member = await app.people.member({ hub, capabilities: ['hubs-update'] });

    expect(await statusOf(app.as(member.token).with({ 'x-hub-id': hub.id }), WHOAMI)).toBe(200);
  });

  it('are keys of other hubs, at this domain too', async () => {
    const { domain } = await confined();
    const other = await scene();

    expect(await statusOf(at(other.owner, domain), WHOAMI)).toBe(200);
    expect(await statusOf(other.owner, WHOAMI)).toBe(200);
  });
});

describe('switching it on', () => {
  it('is off by default, shown with the hub, and told in the activity', async () => {
    const { hub, owner, domain } = await scene();
    const shown = async () => dataOf<{ security: object }[]>(await at(owner, domain).get('/v1/hubs'))[0]?.security;
    expect(await shown()).toMatchObject({ require_domain: false });
    const [entry] = await activityOf(app, hub, () => at(owner, domain).patch(HUB, REQUIRED).expect(200));

    expect(await shown()).toMatchObject({ require_domain: true });
    expect(JSON.stringify(entry?.changes)).toContain('"require_domain":true');
  });

  it('409: is refused to a key whose own request comes from another host, and changes nothing', async () => {
    const { hub, owner } = await scene();
    for (const caller of [owner, at(owner, 'hub.test'), at(owner, await domainOf(app, await app.create.hub()))]) {
      const answer = await leavesAlone(app, hub, () => caller.patch(HUB, REQUIRED));
      expect(answer.status).toBe(409);
      expect(refusalOf(answer)).toMatchObject({ code: '409.lock-out', source: '/security/require_domain' });
      expect(refusalOf(answer).detail).toContain('?force=true');
    }
  });

  it('409: is refused to a person while the hub has no approved domain', async () => {
    const hub = await app.create.hub();
    const member = await app.people.member({ hub, capabilities: ['hubs-update'] });
    const person = app.as(member.token).with({ 'x-hub-id': hub.id });
    const answer = await leavesAlone(app, hub, () => person.patch(HUB, REQUIRED));
    expect([answer.status, refusalOf(answer).code]).toEqual([409, '409.lock-out']);
    await domainOf(app, hub);

    await person.patch(HUB, REQUIRED).expect(200);
  });

  it('200: is done when forced, and then shuts out the very key', async () => {
    const { owner, domain } = await scene();
    await owner.patch(`${HUB}?force=true`, REQUIRED).expect(200);

    expect(await statusOf(owner, WHOAMI)).toBe(403);
    await at(owner, domain)
      .patch(HUB, { security: { require_domain: false } })
      .expect(200);
    expect(await statusOf(owner, WHOAMI)).toBe(200);
  });

  it('403: needs the capability', async () => {
    const { hub, domain } = await scene();
    const caller = at(await app.create.caller({ hub, capabilities: ['domains-manage'] }), domain);

    await leavesAlone(app, hub, () => caller.patch(HUB, REQUIRED).expect(403));
  });

  it('422: takes a boolean', async () => {
    const { hub, owner, domain } = await scene();
    const bad = { security: { require_domain: 'yes' } };

    await leavesAlone(app, hub, () => at(owner, domain).patch(HUB, bad).expect(422));
  });
});
