import { describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import { activityOf, dataOf, type Json, leavesAlone, ownedHub, refusalOf, WHOAMI } from '../support/management.js';
import { type MemberSpec } from '../support/people.js';
import { poll } from '../support/stillness.js';
import { useHeldNodes } from '../support/held-app.js';
import { type TestApp } from '../support/test-app.js';

const CURRENT = '/v1/hubs/current';
const FORCE = { security: { force_2fa: true } };

let app: TestApp;
let there: TestApp;
useHeldNodes((one, other) => {
  app = one;
  there = other;
});

const person = async (spec: MemberSpec, at = app): Promise<Client> => at.as((await app.people.member(spec)).token);
const forces = async (caller: Client): Promise<unknown> =>
  dataOf<{ security: { force_2fa: boolean } }>(await caller.get(CURRENT).expect(200)).security.force_2fa;

describe('the name of a hub', () => {
  it('changes for everybody, on every node, and stands in the activity', async () => {
    const { hub, owner, ownerId } = await ownedHub(app);
    const elsewhere = await person({ hub }, there);
    await elsewhere.get(WHOAMI).expect(200);
    const body = { name: ' Plant Nord ', identifier: 'nord-1' };

    const entries = await activityOf(app, hub, () => owner.patch(CURRENT, body).expect(200));
    await poll(there);

    expect(dataOf(await owner.get(CURRENT))).toMatchObject({ name: 'Plant Nord', identifier: 'nord-1' });
    expect(dataOf(await elsewhere.get(WHOAMI))).toMatchObject({ hub: { id: hub.id, name: 'Plant Nord' } });
    expect(entries).toMatchObject([
      {
        event: 'hub.update',
        user: { type: 'api-key', id: ownerId },
        changes: { name: { before: hub.name, after: 'Plant Nord' }, identifier: { after: 'nord-1' } },
      },
    ]);
  });

  it('may be another hub’s: a refusal would tell of that one', async () => {
    const { owner } = await ownedHub(app);
    const other = await app.create.hub();

    expect(dataOf(await owner.patch(CURRENT, { name: other.name }).expect(200)).name).toBe(other.name);
  });

  it('and what is not named stay as they are', async () => {
    const { hub, owner } = await ownedHub(app);
    await owner.patch(CURRENT, { security: { rotation: { max_overlap_seconds: 60 } } }).expect(200);

    await owner.patch(CURRENT, { identifier: 'one' }).expect(200);

    const after = dataOf(await owner.get(CURRENT));
    expect(after).toMatchObject({ name: hub.name, security: { rotation: { max_overlap_seconds: 60 } } });
  });
});

describe('what a hub cannot have here', () => {
  it('is taken as null, which changes nothing', async () => {
    const { owner } = await ownedHub(app);
    const webhooks = { server_deployed: null, server_deleted: null };

    const answer = await owner.patch(CURRENT, { webhooks, billing_emails: null, billing_contact: null }).expect(200);

    expect(dataOf(answer)).toMatchObject({ webhooks, billing: null });
  });

  it.each<[Json, string, string]>([
    [{ webhooks: { server_deployed: 'https://example.com' } }, '/webhooks/server_deployed', 'no servers here'],
    [{ webhooks: { server_deleted: '' } }, '/webhooks/server_deleted', 'no servers here'],
    [{ webhooks: { other: null } }, '/webhooks/other', 'not known here'],
    [{ webhooks: null }, '/webhooks', 'object'],
    [{ billing_emails: ['a@example.com'] }, '/billing_emails', 'nothing is billed here'],
    [{ billing_contact: { name: 'Ada' } }, '/billing_contact', 'nothing is billed here'],
    [{ name: '  ' }, '/name', 'blank'],
    [{ name: null }, '/name', 'text'],
    [{ name: 'x'.repeat(201) }, '/name', '200'],
    [{ identifier: 'Plant Nord' }, '/identifier', 'slug'],
    [{ identifier: null }, '/identifier', 'slug'],
    [{ security: { force_2fa: null } }, '/security/force_2fa', 'boolean'],
    [{ security: { force_2fa: 'true' } }, '/security/force_2fa', 'boolean'],
  ])('422: %j is refused with the reason', async (body, source, reason) => {
    const { hub, owner } = await ownedHub(app);

    const answer = await leavesAlone(app, hub, () => owner.patch(CURRENT, body).expect(422));

    expect(refusalOf(answer)).toMatchObject({ code: '422.invalid-argument', source });
    expect(refusalOf(answer).detail).toContain(reason);
  });
});

describe('force_2fa', () => {
  const managing = { capabilities: ['hubs-update'] };

  it('200: is set by a member who signed in with a second factor, and shuts out who did not, on every node', async () => {
    const hub = await app.create.hub();
    const chief = await person({ hub, ...managing, secondFactor: true });
    const [here, elsewhere] = [await person({ hub }), await person({ hub }, there)];
    await here.get(WHOAMI).expect(200);
    await elsewhere.get(WHOAMI).expect(200);

    await chief.patch(CURRENT, FORCE).expect(200);
    await poll(there);

    expect(await forces(chief)).toBe(true);
    for (const caller of [here, elsewhere]) {
      expect(refusalOf(await caller.get(WHOAMI).expect(403)).code).toBe('403.2fa-required');
    }
    await chief.patch(CURRENT, { security: { force_2fa: false } }).expect(200);
    await here.get(WHOAMI).expect(200);
  });

  it('200: is set by a root key', async () => {
    const { owner } = await ownedHub(app);

    await owner.patch(CURRENT, FORCE).expect(200);

    expect(await forces(owner)).toBe(true);
  });

  it('200: is no question where it is set already, or is left as it is', async () => {
    const { hub, owner } = await ownedHub(app);
    const key = await app.create.caller({ hub, ...managing });
    await (await person({ hub, ...managing })).patch(CURRENT, { security: { force_2fa: false } }).expect(200);
    await owner.patch(CURRENT, FORCE).expect(200);

    await key.patch(CURRENT, FORCE).expect(200);

    expect(await forces(owner)).toBe(true);
  });

  it('403: nobody shuts themselves out, not even root', async () => {
    const hub = await app.create.hub();
    const chief = await person({ hub, roleId: hub.roles['owner'] });

    const answer = await leavesAlone(app, hub, () => chief.patch(CURRENT, { ...FORCE, name: 'x' }).expect(403));

    expect(refusalOf(answer)).toMatchObject({ code: '403.2fa-required', source: '/security/force_2fa' });
    expect(await forces(chief)).toBe(false);
  });

  it('403: nor does a key that is not root shut out people', async () => {
    const hub = await app.create.hub();
    const key = await app.create.caller({ hub, ...managing, rank: 9 });

    const answer = await leavesAlone(app, hub, () => key.patch(CURRENT, FORCE).expect(403));

    expect(refusalOf(answer).code).toBe('403.not-allowed');
  });
});
