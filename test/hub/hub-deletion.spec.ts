import { describe, expect, it } from 'vitest';
import { platformPrincipal } from '../../src/access/index.js';
import { DomainClaims } from '../../src/modules/domain/index.js';
import { HubService } from '../../src/modules/hub/index.js';
import { HubDeletion } from '../../src/modules/provisioning/index.js';
import { JobWorker } from '../../src/modules/job/index.js';
import { addList, addRule, claim, claimApproved, domainPath, FILTER, RULE } from '../domain/support.js';
import { type Client } from '../support/client.js';
import { type TestHub, type TestKey } from '../support/factory.js';
import { useHeldNodes } from '../support/held-app.js';
import {
  API_KEYS,
  dataOf,
  type Json,
  leavesAlone,
  NO_ID,
  ownedHub,
  refusalOf,
  storedOf,
  toldBy,
  WHOAMI,
} from '../support/management.js';
import { type TestMember } from '../support/people.js';
import { poll, tamper } from '../support/stillness.js';
import { dumpTables, rowsOfHub } from '../support/table-dump.js';
import { type TestApp } from '../support/test-app.js';
import { alert, allow, noticeOf, subscribe } from '../webhook/support.js';

const CURRENT = '/v1/hubs/current';
const FORCE = { options: { force: true } };

let app: TestApp;
let there: TestApp;
useHeldNodes((one, other) => {
  app = one;
  there = other;
});

const work = (node = app): Promise<void> => node.nest.get(JobWorker).work();
const jobPath = (id: unknown): string => `/v1/jobs/${String(id)}`;
const deleteHub = async (caller: Client): Promise<unknown> =>
  (dataOf(await caller.delete(CURRENT, FORCE).expect(202)).job as Json).id;

async function stateOf(hub: TestHub): Promise<unknown> {
  return (await storedOf(app, hub)).hub[0]['state'];
}

interface FullHub {
  readonly hub: TestHub;
  readonly owner: Client;
  readonly root: TestMember;
  readonly key: TestKey;
  readonly inviteId: unknown;
}

/** A hub with keys, members, an invite, a list with rows, and a token in use. */
async function fullHub(): Promise<FullHub> {
  const { hub, owner } = await ownedHub(app);
  await app.create.list(hub);
  const key = await app.create.integrationKey(hub);
  const integrator = app.as(await app.create.token(key));
  for (let row = 0; row < 3; row += 1) {
    const body = { listName: 'StockInfo', data: { MaterialNo: 'A' } };
    await integrator.post('/public-api/v1/lists/items', body).expect(200);
  }
  const root = await app.people.member({ hub, roleId: hub.roles['owner'] });
  await app.people.member({ hub });
  const invite = { recipient: `${hub.id}@example.com`, role_id: hub.roles['analyst'] };
  const { id: inviteId } = dataOf(await owner.post(`${CURRENT}/invites`, invite).expect(201));
  return { hub, owner, root, key, inviteId };
}

describe('DELETE /v1/hubs/current, 403', () => {
  it('names hubs-delete to everybody without it, the admin among them', async () => {
    const { hub } = await ownedHub(app);
    const others = ['api-keys-manage', 'groups-manage', 'hubs-members-manage', 'hubs-update', 'lists-manage'];
    const callers = [
      await app.create.caller({ hub, roleId: hub.roles['admin'] }),
      app.as((await app.people.member({ hub, roleId: hub.roles['admin'] })).token),
      await app.create.caller({ hub, capabilities: others, rank: 9 }),
    ];

    for (const caller of callers) {
      const answer = await leavesAlone(app, hub, () => caller.delete(CURRENT, FORCE).expect(403));
      expect(refusalOf(answer)).toMatchObject({ code: '403.permissions', extra: { capability: 'hubs-delete' } });
    }
  });

  it('also to one that lost it between the guard and the transaction', async () => {
    const hub = await app.create.hub();
    const key = await app.create.key({ hub, capabilities: ['hubs-delete'] });
    await app.as(key.secret).get(WHOAMI).expect(200);
    await tamper(app, ['UPDATE api_key SET role_id = ? WHERE id = ?', [hub.roles['admin'], key.id]]);

    const answer = await leavesAlone(app, hub, () => app.as(key.secret).delete(CURRENT, FORCE).expect(403));

    expect(refusalOf(answer).extra).toEqual({ capability: 'hubs-delete' });
  });
});

describe('DELETE /v1/hubs/current, 409', () => {
  it.each([undefined, {}, { options: {} }, { options: { force: false } }])(
    'leaves everything, and counts it, with %j',
    async (body) => {
      const { hub, root } = await fullHub();

      const answer = await leavesAlone(app, hub, () => app.as(root.token).delete(CURRENT, body).expect(409));

      expect(refusalOf(answer)).toMatchObject({
        code: '409.in-use',
        source: '/options/force',
        extra: { api_keys: 2, members: 1, lists: 1, boxes: 0 },
      });
    },
  );

  it('does not count whoever asks: a hub with nobody else needs no force', async () => {
    const { hub, owner } = await ownedHub(app);

    await owner.delete(CURRENT).expect(202);

    expect(await stateOf(hub)).toBe('deleting');
  });
});

describe('DELETE /v1/hubs/current, 422', () => {
  it.each<[unknown, string]>([
    [{ force: true }, '/force'],
    [{ options: { force: 'true' } }, '/options/force'],
    [{ options: { force: null } }, '/options/force'],
    [{ options: null }, '/options'],
    [[], ''],
  ])('does not take %j', async (body, source) => {
    const { hub, owner } = await ownedHub(app);

    const answer = await leavesAlone(app, hub, () => owner.delete(CURRENT, body as object).expect(422));

    expect(refusalOf(answer)).toMatchObject({ code: '422.invalid-argument', source });
  });
});

describe('DELETE /v1/hubs/current, 202', () => {
  it('ends its domains with their rules and lists, each with its activity; another hub can have the names', async () => {
    const [{ hub, owner }, other] = [await ownedHub(app), await ownedHub(app)];
    const [held, pending] = [await claimApproved(app, owner), await claim(owner)];
    await claim(other.owner, held);
    for (const name of [held, pending]) {
      await addList(owner, name);
      await addRule(owner, name, { ...RULE, filter_str: `${FILTER} and ip.src in $office` });
    }

    await deleteHub(owner);
    await work();

    const { domain, domain_rule, domain_rule_list, activity } = await storedOf(app, hub);
    expect([domain, domain_rule, domain_rule_list]).toEqual([[], [], []]);
    expect(activity.filter(({ event }) => event === 'hub.domain.delete')).toHaveLength(2);
    expect(await stateOf(hub)).toBe('deleted');
    await app.nest.get(DomainClaims).approve(held);
    expect((await other.owner.get(domainPath(held)).expect(200)).body).toMatchObject({ state: 'approved' });
  });

  it('lets nobody in any more, on any node: no key, no token, no session, no invite', async () => {
    const { hub, owner, root, key, inviteId } = await fullHub();
    const token = await app.create.token(key);
    const doors = (node: TestApp) => [
      () => node.as(key.secret).get(WHOAMI),
      () => node.anonymous.with({ apiKey: key.secret }).get('/public-api/v1/auth/token'),
      () => node.as(token).get('/public-api/v1/auth/whoami'),
      () => node.as(root.token).get(WHOAMI),
      () => node.as(root.token).with({ 'x-hub-id': hub.id }).get(WHOAMI),
      () => node.as(root.token).with({ 'x-hub-id': hub.id }).delete(CURRENT, FORCE),
    ];
    const statuses = async (node: TestApp): Promise<number[]> =>
      Promise.all(doors(node).map(async (ask) => (await ask()).status));
    const open = async (node: TestApp): Promise<number[]> =>
      Promise.all(
        doors(node)
          .slice(0, 5)
          .map(async (ask) => (await ask()).status),
      );
    expect([await open(app), await open(there)]).toEqual([Array(5).fill(200), Array(5).fill(200)]);

    await deleteHub(owner);
    await poll(there);

    for (const node of [app, there]) {
      expect(await statuses(node)).toEqual([401, 401, 401, 403, 403, 403]);
      const named = await node.as(root.token).with({ 'x-hub-id': hub.id }).get(WHOAMI);
      const never = await node.as(root.token).with({ 'x-hub-id': NO_ID }).get(WHOAMI);
      expect(toldBy(named)).toEqual(toldBy(never));
      expect(refusalOf(named).code).toBe('403.wrong-hub');
    }
    const invited = await app.people.account({ email: `${hub.id}@example.com` });
    const guest = app.as((await app.people.session(invited)).token);
    expect(dataOf(await guest.get('/v1/account/invites').expect(200))).toEqual([]);
    await guest.patch(`/v1/account/invites/${String(inviteId)}`, { accept: true }).expect(404);
  });

  it('says so in the activity, with who asked and what was in it', async () => {
    const { hub, root } = await fullHub();

    await deleteHub(app.as(root.token));

    const last = (await storedOf(app, hub)).activity.at(-1);
    expect(JSON.parse(String(last?.['body']))).toMatchObject({
      event: 'hub.task.delete',
      user: { type: 'account', id: root.id },
      component: { type: 'hub', id: hub.id },
      changes: { state: { before: 'live', after: 'deleting' } },
      annotations: { force: true, api_keys: 2, members: 1, lists: 1, boxes: 0, revoked_invites: 1 },
    });
  });

  it('reads like none while it is being deleted: lists and names of hubs pass it by', async () => {
    const { owner, root } = await fullHub();
    const person = app.as(root.token);

    await deleteHub(owner);

    expect(dataOf(await person.get('/v1/hubs').expect(200))).toEqual([]);
    const { body } = await person.get('/v1/account/memberships?include=hubs').expect(200);
    expect((body as { includes: { hubs: object } }).includes.hubs).toEqual({});
  });

  it('is asked for once: of two at the same time one is told that there is nothing any more', async () => {
    const { hub } = await ownedHub(app);
    const [one, two] = [await app.create.ownerKey(hub), await app.create.ownerKey(hub)];

    const answers = await Promise.all([one, two].map(({ secret }) => app.as(secret).delete(CURRENT, FORCE)));

    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([202, 401]);
    expect((await storedOf(app, hub)).job).toHaveLength(1);
  });
});

describe('the job of a deletion', () => {
  it('ends keys, secrets, memberships, lists and rows, and then the hub; the audit stays', async () => {
    const { hub, owner } = await fullHub();
    const before = (await storedOf(app, hub)).activity;
    await deleteHub(owner);

    await work();

    const dump = rowsOfHub(await dumpTables(app.database), hub.id);
    const states = (table: string) => [...new Set(dump[table].map(({ state }) => state))];
    expect(dump['hub']).toMatchObject([{ state: 'deleted', deleted_at: app.clock.now() }]);
    expect(states('api_key')).toEqual(['deleted']);
    expect(dump['api_secret'].map(({ ended }) => ended)).toEqual([1, 1]);
    expect(states('membership').sort((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual(['deleted', 'revoked']);
    expect(dump['membership'].filter(({ member_id }) => member_id !== null)).toEqual([]);
    expect(dump['list'].filter(({ deleted_at }) => deleted_at === null)).toEqual([]);
    expect(dump['list_row']).toEqual([]);
    expect(dump['list_write_count']).toHaveLength(1);
    const { activity } = await storedOf(app, hub);
    expect(activity.slice(0, before.length)).toEqual(before);
    expect(activity.map(({ event }) => event).slice(before.length)).toEqual([
      'hub.task.delete',
      ...Array(2).fill('hub.apikey.delete'),
      ...Array(2).fill('hub.membership.delete'),
      'hub.list.delete',
      'hub.task.delete',
    ]);
  });

  it('ends subscriptions without their secrets and the paths of their addresses; messages, quotas and networks go', async () => {
    const { hub, owner } = await fullHub();
    await allow(app, hub, '10.0.0.0/8');
    const { id } = await subscribe(owner, 'https://hooks.example.com/services/canary');
    await alert(app, noticeOf(hub.id, NO_ID), 3);
    await deleteHub(owner);

    await work();

    const dump = rowsOfHub(await dumpTables(app.database), hub.id);
    expect(dump['alert_subscription']).toMatchObject([
      { id, secret: null, previous_secret: null, url: 'https://hooks.example.com', deleted_at: app.clock.now() },
    ]);
    expect([dump['webhook_delivery'], dump['webhook_quota'], dump['hub_network']]).toEqual([[], [], []]);
    expect(JSON.stringify(dump)).not.toContain('services/canary');
    expect(dump['activity'].filter(({ event }) => event === 'hub.alert-subscription.delete')).toHaveLength(1);
  });

  it('leaves every other hub exactly as it is', async () => {
    const { hub: other } = await fullHub();
    const { owner } = await fullHub();
    const before = rowsOfHub(await dumpTables(app.database), other.id);
    await deleteHub(owner);

    await work();

    expect(rowsOfHub(await dumpTables(app.database), other.id)).toEqual(before);
  });

  it('goes on after a crash at any part, on another node, and is then done once', async () => {
    const { hub, owner } = await fullHub();
    for (let more = 0; more < 25; more += 1) {
      await app.create.key({ hub, roleId: hub.roles['analyst'] });
    }
    const jobId = String(await deleteHub(owner));
    const job = { id: jobId, hubId: hub.id, action: 'hub.task.delete', componentId: hub.id };
    const left = async () => (await storedOf(app, hub)).api_key.filter(({ state }) => state !== 'deleted').length;
    // As a process leaves it that dies after some parts: begun, and nobody at it.
    await tamper(app, ["UPDATE job SET state = 'running', started_at = 5 WHERE id = ?", [jobId]]);
    const handler = app.nest.get(HubDeletion);
    expect([await handler.work(job), await left()]).toEqual(['more', 17]);
    expect([await handler.work(job), await left()]).toEqual(['more', 7]);
    expect(await stateOf(hub)).toBe('deleting');

    await work(there);

    expect([await stateOf(hub), await left()]).toEqual(['deleted', 0]);
    const done = await storedOf(app, hub);
    expect(done.job).toMatchObject([{ state: 'completed', started_at: 5 }]);
    // The process may have died before the end was written down: the last part comes again.
    expect(await handler.work(job)).toBe('done');
    expect(await storedOf(app, hub)).toEqual(done);
  });

  it('can be given again by the command line after it failed, and nothing else brings the hub back', async () => {
    const { hub, owner } = await fullHub();
    const failed = await deleteHub(owner);
    await tamper(app, ["UPDATE job SET state = 'error', error = 'x' WHERE id = ?", [failed]]);
    const platform = platformPrincipal(hub.id);
    await expect(app.nest.get(HubService).setState(platform, 'live')).rejects.toThrow('There is no such hub');
    expect(await stateOf(hub)).toBe('deleting');

    await app.nest.get(HubDeletion).delete(platform, false);
    await work();

    expect(await stateOf(hub)).toBe('deleted');
    await expect(app.nest.get(HubDeletion).delete(platform, true)).rejects.toThrow('There is no such hub');
  });

  it('can be followed by the person who asked, also when the hub is no more, whatever hub their client names', async () => {
    const { hub, root } = await fullHub();
    const client = app.as(root.token).with({ 'x-hub-id': hub.id });
    const id = await deleteHub(client);
    const state = async () => dataOf<{ state: Json }>(await client.get(jobPath(id)).expect(200)).state.current;
    expect(await state()).toBe('queued');

    await work();

    expect(await state()).toBe('completed');
    expect(
      await app
        .as(root.token)
        .get(jobPath(id))
        .then(({ status }) => status),
    ).toBe(200);
  });

  it('404: is told to nobody else, a former member of the hub, a stranger, or another hub’s root', async () => {
    const { hub, owner } = await fullHub();
    const member = await app.people.member({ hub, roleId: hub.roles['owner'] });
    const { owner: elsewhere } = await ownedHub(app);
    const stranger = app.as((await app.people.session(await app.people.account())).token);
    const id = await deleteHub(owner);

    for (const caller of [app.as(member.token), stranger, elsewhere]) {
      const answer = await caller.get(jobPath(id)).expect(404);
      expect(toldBy(answer)).toEqual(toldBy(await caller.get(jobPath(NO_ID))));
    }
  });
});

describe('GET /v1/jobs/{jobId} by a person', () => {
  async function roleJob(hub: TestHub, caller: Client): Promise<unknown> {
    const roleId = await app.create.role(hub, [], 0);
    return (dataOf(await caller.delete(`${CURRENT}/roles/${roleId}`).expect(202)).job as Json).id;
  }

  it('200: shows those of others to a member whose role may see them, 404 to one whose may not', async () => {
    const { hub, owner } = await ownedHub(app);
    const id = await roleJob(hub, owner);
    const viewer = await app.people.member({ hub, capabilities: ['apionly-jobs-view'] });
    const blind = await app.people.member({ hub, capabilities: ['hubs-roles-manage'] });

    await app.as(viewer.token).get(jobPath(id)).expect(200);
    expect(refusalOf(await app.as(blind.token).get(jobPath(id)).expect(404)).code).toBe('404.job');
  });

  it('404: shows nothing of a hub that asks for a second factor to a session without one', async () => {
    const { hub, owner } = await ownedHub(app);
    const viewer = await app.people.member({ hub, capabilities: ['apionly-jobs-view', 'hubs-roles-manage'], rank: 9 });
    const id = await roleJob(hub, app.as(viewer.token));
    await app.as(viewer.token).get(jobPath(id)).expect(200);

    await owner.patch(CURRENT, { security: { force_2fa: true } }).expect(200);

    expect(refusalOf(await app.as(viewer.token).get(jobPath(id)).expect(404)).code).toBe('404.job');
  });

  it('404: shows nothing of a hub that is switched off but what one made', async () => {
    const { hub, owner } = await ownedHub(app);
    const id = await roleJob(hub, owner);
    const viewer = await app.people.member({ hub, capabilities: ['apionly-jobs-view'] });
    await tamper(app, ["UPDATE hub SET state = 'inactive' WHERE id = ?", [hub.id]]);

    expect(refusalOf(await app.as(viewer.token).get(jobPath(id)).expect(404)).code).toBe('404.job');
  });
});

it('a hub that is being deleted is not brought back, nor changed, by anybody', async () => {
  const { hub, owner } = await ownedHub(app);
  await owner.get(API_KEYS).expect(200);
  await deleteHub(owner);

  const answers = await leavesAlone(app, hub, () =>
    Promise.all([
      owner.patch(CURRENT, { name: 'back' }),
      owner.post(API_KEYS, { name: 'x', role_id: hub.roles['owner'] }),
      owner.delete(CURRENT, FORCE),
    ]),
  );

  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
});
