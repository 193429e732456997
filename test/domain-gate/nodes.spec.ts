import { afterEach, describe, expect, it, vi } from 'vitest';
import { LEASE_MS, platformPrincipal } from '../../src/access/index.js';
import { HubService } from '../../src/modules/hub/index.js';
import { type Client } from '../support/client.js';
import { useHeldNodes } from '../support/held-app.js';
import { leavesAlone, refusalOf } from '../support/management.js';
import { poll, statementsOf } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';
import { at, domainOf, setRules, type TestDomain, updateDomain } from './support.js';

const WHOAMI = '/v1/hubs/current/whoami';
const HUB = '/v1/hubs/current';
const CAPABILITIES = '/v1/hubs/capabilities';
const EVERYBODY = 'ip.src in {0.0.0.0/0 ::/0}';
const NOBODY = 'http.request.uri.path == "/never"';

let here: TestApp;
let there: TestApp;

useHeldNodes((first, second) => {
  [here, there] = [first, second];
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** A domain, and a key of its hub as it asks for that host here and there. */
async function scene(): Promise<{ domain: TestDomain; hubId: string; callers: readonly [Client, Client] }> {
  const hub = await here.create.hub();
  const domain = await domainOf(here, hub);
  const { secret } = await here.create.ownerKey(hub);
  await poll(there);
  return { domain, hubId: hub.id, callers: [at(here.as(secret), domain), at(there.as(secret), domain)] };
}

const statusOf = async (caller: Client, path = WHOAMI) => (await caller.get(path)).status;
const failing = () => Promise.reject(new Error('no connection'));

describe('a change', () => {
  it('acts at once on the node that makes it, and after its next poll on the other', async () => {
    const { domain, callers } = await scene();
    const [hither, thither] = callers;
    expect([await statusOf(hither), await statusOf(thither)]).toEqual([200, 200]);
    await setRules(here, domain, [[EVERYBODY, 'deny']]);

    expect([await statusOf(hither), await statusOf(thither)]).toEqual([403, 200]);
    await poll(there);
    expect(await statusOf(thither)).toBe(403);
    await updateDomain(here, domain, { rulesEnabled: false });
    expect([await statusOf(hither), await statusOf(thither)]).toEqual([200, 403]);
    await poll(there);
    expect(await statusOf(thither)).toBe(200);
  });

  it.each<[string, (domain: TestDomain) => Promise<unknown>]>([
    [
      'a domain that is no longer approved',
      (domain) => updateDomain(here, domain, { state: 'pending', approvedName: null }),
    ],
    [
      'a hub that is switched off',
      async ({ hubId }) => {
        await here.nest.get(HubService).setState(platformPrincipal(hubId), 'inactive');
      },
    ],
  ])('(%s) is heard alike', async (_, change) => {
    const { domain } = await scene();
    await setRules(here, domain, [[EVERYBODY, 'deny']]);
    await poll(there);
    const anybody = [at(here.anonymous, domain), at(there.anonymous, domain)] as const;
    for (const one of anybody) {
      expect(await statusOf(one, CAPABILITIES)).toBe(403);
    }
    await change(domain);

    expect([await statusOf(anybody[0], CAPABILITIES), await statusOf(anybody[1], CAPABILITIES)]).toEqual([200, 403]);
    await poll(there);
    expect(await statusOf(anybody[1], CAPABILITIES)).toBe(200);
  });

  it('during a look-up is not overlooked: what was read before it is not kept', async () => {
    const { domain, callers } = await scene();
    const query = here.database.query.bind(here.database);
    let changed: Promise<unknown> | undefined;
    vi.spyOn(here.database, 'query').mockImplementation(async (sql, parameters) => {
      const rows = await query(sql, parameters);
      if (sql.includes('FROM domain d') && changed === undefined) {
        changed = setRules(here, domain, [[EVERYBODY, 'deny']]);
        await changed;
      }
      return rows as never[];
    });
    await updateDomain(here, domain, { updatedAt: here.clock.now() });
    await callers[0].get(WHOAMI);
    vi.restoreAllMocks();

    expect(await statusOf(callers[0])).toBe(403);
  });
});

describe('403: a key of a hub that requires its domains', () => {
  it('writes nothing by a domain that has ended, on a node that has not heard of it yet', async () => {
    const { domain, hubId, callers } = await scene();
    const [hither, thither] = callers;
    await hither.patch(HUB, { security: { require_domain: true } }).expect(200);
    await poll(there);
    expect(await statusOf(thither)).toBe(200);
    await updateDomain(here, domain, { state: 'pending', approvedName: null });
    expect(await statusOf(thither)).toBe(200);
    const hub = { id: hubId, name: '', roles: {} };
    const answer = await leavesAlone(here, hub, () => thither.patch(HUB, { name: 'Changed' }));

    expect([answer.status, refusalOf(answer).code]).toEqual([403, '403.wrong-domain']);
    await poll(there);
    expect(await statusOf(thither)).toBe(403);
  });
});

describe('the cost', () => {
  it('is no SQL while the lease holds: with rules, without, and at hosts that nobody has', async () => {
    const { domain, callers } = await scene();
    await setRules(here, domain, [[NOBODY, 'deny']]);
    const [caller] = callers;
    await caller.get(WHOAMI).expect(200);

    expect(await statementsOf(here, () => caller.get(WHOAMI).expect(200))).toBe(0);
    const strange = async () => {
      for (let index = 0; index < 20; index += 1) {
        await at(caller, `made-up-${index}.example`).get(WHOAMI).expect(200);
      }
    };
    expect(await statementsOf(here, strange)).toBe(0);
  });

  it('is one look-up of the domains and one of the rules, shared by all who ask meanwhile', async () => {
    const { domain, callers } = await scene();
    await callers[0].get(WHOAMI).expect(200);
    await setRules(here, domain, [[NOBODY, 'deny']]);
    const burst = () => Promise.all(Array.from({ length: 50 }, () => callers[0].get(WHOAMI).expect(200)));

    // At most two of each: what one began before another asked is not for that one.
    expect(await statementsOf(here, burst)).toBeLessThanOrEqual(6);
    expect(await statementsOf(here, burst)).toBe(0);
  });

  it('of rules that did not change is nothing, whatever happens at other domains', async () => {
    const { domain, callers } = await scene();
    await setRules(here, domain, [[NOBODY, 'deny']]);
    await callers[0].get(WHOAMI).expect(200);
    await scene();

    expect(await statementsOf(here, () => callers[0].get(WHOAMI).expect(200))).toBe(1);
  });
});

describe('the lease', () => {
  it('that has lapsed has each request see the rules as they are', async () => {
    const { domain, callers } = await scene();
    await callers[1].get(WHOAMI).expect(200);
    await setRules(here, domain, [[EVERYBODY, 'deny']]);
    there.clock.advance(LEASE_MS - 1);
    expect(await statusOf(callers[1])).toBe(200);
    there.clock.advance(1);

    expect(await statusOf(callers[1])).toBe(403);
    await updateDomain(here, domain, { rulesEnabled: false });
    expect(await statusOf(callers[1])).toBe(200);
    await poll(there);
  });

  it('that has lapsed while the database does not answer closes every host, and leaves health alone', async () => {
    const { callers } = await scene();
    await callers[0].get(WHOAMI).expect(200);
    here.clock.advance(LEASE_MS);
    vi.spyOn(here.database, 'query').mockImplementation(failing);

    for (const caller of [callers[0], at(here.anonymous, 'nobodys.example'), here.anonymous]) {
      const { body, headers } = await caller.get(CAPABILITIES).expect(503);
      expect(body).toMatchObject({ error: { code: '503.not-ready' } });
      expect(headers['retry-after']).toBe('1');
    }
    await here.anonymous.get('/healthz/live').expect(200);
    vi.restoreAllMocks();
    await poll(here);
    await callers[0].get(WHOAMI).expect(200);
  });

  it('that holds lets what is known count while the database does not answer, and nothing else', async () => {
    const { domain, callers } = await scene();
    await setRules(here, domain, [[NOBODY, 'deny']]);
    await callers[0].get(WHOAMI).expect(200);
    vi.spyOn(here.database, 'query').mockImplementation(failing);
    expect(await statusOf(callers[0])).toBe(200);
    vi.restoreAllMocks();
    await setRules(here, domain, [[NOBODY, 'log']]);
    vi.spyOn(here.database, 'reader', 'get').mockImplementation(() => {
      throw new Error('no connection');
    });

    expect(await statusOf(callers[0])).toBe(503);
    vi.restoreAllMocks();
    expect(await statusOf(callers[0])).toBe(200);
  });
});
