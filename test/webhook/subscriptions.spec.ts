import { describe, expect, it } from '@jest/globals';
import { newId } from '../../src/common/ids.js';
import { dataOf, type Json, NO_ID, ownedHub, refusalOf } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';
import { alert, noticeOf, shown, subscribe, SUBSCRIPTIONS, told, waiting } from './support.js';

const URL = 'https://hooks.example.com/services/T0/hush?sig=hush';
const test = useTestApp();

describe('a subscription', () => {
  it('shows its secret once, whole, and never again', async () => {
    const { owner } = await ownedHub(test.app);
    const { id, secret } = await subscribe(owner, URL, { description: 'Night shift' });

    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await shown(owner, id)).toMatchObject({
      url: URL,
      group_id: null,
      description: 'Night shift',
      secret: 'whsec_****',
      previous_secret_ends_at: null,
      state: { current: 'active' },
      deliveries: { delivered: 0, failed: 0, dropped: 0, last_failure: null },
    });
    const listed = dataOf<Json[]>(await owner.get(SUBSCRIPTIONS).expect(200));
    expect(listed).toMatchObject([{ id, secret: 'whsec_****' }]);
  });

  it('keeps its secret sealed, and neither it nor the address’s in the activity or a repeated answer’s record', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { id } = await subscribe(owner, URL);
    const again = owner.with({ 'idempotency-key': newId() });
    const { secret } = dataOf<{ secret: string }>(await again.post(SUBSCRIPTIONS, { url: URL }).expect(201));
    const sql = 'SELECT secret FROM alert_subscription WHERE id = ?';
    const [row] = await test.app.database.query<{ secret: Uint8Array }>(sql, [id]);
    const records = await test.app.database.query<Json>('SELECT body FROM idempotency_record');

    expect(Buffer.from(row?.secret ?? []).toString('latin1')).not.toContain('whsec_');
    expect(JSON.stringify(records)).toContain('whsec_****');
    expect(JSON.stringify(records)).not.toContain(secret.slice(6, 20));
    const activity = JSON.stringify(await told(test.app, hub.id, 'hub.alert-subscription.create'));
    expect(activity).toContain('https://hooks.example.com');
    expect(activity).not.toMatch(/hush|whsec/);
  });

  it('is changed, and the activity tells also of another path', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const group = await test.app.create.group(hub);
    const { id } = await subscribe(owner, URL);
    const edit = { url: `${URL}2`, group_id: group, description: null };
    await owner.patch(`${SUBSCRIPTIONS}/${id}`, edit).expect(200);

    expect(await shown(owner, id)).toMatchObject(edit);
    const [{ changes }] = (await told(test.app, hub.id, 'hub.alert-subscription.update')) as [Json];
    expect(Object.keys(changes as Json).sort()).toEqual(['address_digest', 'group_id']);
  });

  it('is switched off with what waits, and begins anew', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { id } = await subscribe(owner, URL);
    await alert(test.app, noticeOf(hub.id, newId()), 3);
    await owner.patch(`${SUBSCRIPTIONS}/${id}`, { state: 'off' }).expect(200);
    await alert(test.app, noticeOf(hub.id, newId()));

    expect(await waiting(test.app, hub.id)).toBe(0);
    expect(await shown(owner, id)).toMatchObject({ state: { current: 'off' }, deliveries: { dropped: 3 } });
    expect(refusalOf(await owner.post(`${SUBSCRIPTIONS}/${id}/test`).expect(409)).code).toBe('409.subscription-off');
    await owner.patch(`${SUBSCRIPTIONS}/${id}`, { state: 'active' }).expect(200);
    await owner.post(`${SUBSCRIPTIONS}/${id}/test`).expect(202);
    expect(await waiting(test.app, hub.id)).toBe(1);
  });

  it('is deleted with its secrets and what waits', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { id } = await subscribe(owner, URL);
    await owner.post(`${SUBSCRIPTIONS}/${id}/rotate`, {}).expect(201);
    await alert(test.app, noticeOf(hub.id, newId()));
    await owner.delete(`${SUBSCRIPTIONS}/${id}`).expect(200);

    await owner.get(`${SUBSCRIPTIONS}/${id}`).expect(404);
    expect(await waiting(test.app, hub.id)).toBe(0);
    const sql = 'SELECT secret, previous_secret FROM alert_subscription WHERE id = ?';
    expect(await test.app.database.query(sql, [id])).toEqual([{ secret: null, previous_secret: null }]);
  });

  it('is listed by state and by group', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const group = await test.app.create.group(hub);
    const all = await subscribe(owner, URL);
    const one = await subscribe(owner, URL, { group_id: group });
    await owner.patch(`${SUBSCRIPTIONS}/${all.id}`, { state: 'off' }).expect(200);
    const ids = async (query: string) =>
      dataOf<Json[]>(await owner.get(`${SUBSCRIPTIONS}?${query}`).expect(200)).map(({ id }) => id);

    expect(await ids('filter[state]=off')).toEqual([all.id]);
    expect(await ids(`filter[group]=${group}`)).toEqual([one.id]);
    expect(await ids('filter[state]=failing')).toEqual([]);
    expect(await ids('sort=-id')).toEqual([one.id, all.id]);
  });
});

describe('a refused subscription', () => {
  it.each([
    ...['ftp://hooks.example.com/', 'hooks.example.com', '', 'https://', 'javascript:alert(1)', 'file:///etc/passwd'],
    ...[
      'https://me:hush@hooks.example.com/',
      'https://hooks.example.com/#x',
      'https://hooks.example.com/a b',
      17,
      null,
    ],
    `https://hooks.example.com/${'x'.repeat(2000)}`,
  ])('has the address %s', async (url) => {
    const { owner } = await ownedHub(test.app);

    expect(refusalOf(await owner.post(SUBSCRIPTIONS, { url }).expect(422))).toMatchObject({ source: '/url' });
    expect(dataOf(await owner.get(SUBSCRIPTIONS).expect(200))).toEqual([]);
  });

  it('is for a group that is not there, of another hub or never made alike', async () => {
    const { owner } = await ownedHub(test.app);
    const theirs = await test.app.create.group((await ownedHub(test.app)).hub);
    const refused = async (group_id: unknown) => {
      const { code, source, detail } = refusalOf(await owner.post(SUBSCRIPTIONS, { url: URL, group_id }).expect(422));
      return { code, source, detail };
    };

    expect(await refused(theirs)).toEqual(await refused(NO_ID));
    expect(await refused(theirs)).toMatchObject({ source: '/group_id' });
    expect(await refused('x')).toMatchObject({ source: '/group_id' });
  });

  it('is one too many', async () => {
    const { owner } = await ownedHub(test.app);
    for (let count = 0; count < 50; count += 1) {
      await subscribe(owner, URL);
    }
    const refusal = refusalOf(await owner.post(SUBSCRIPTIONS, { url: URL }).expect(409));
    expect(refusal.code).toBe('409.too-many-subscriptions');
  });
});

describe('the ceiling', () => {
  it.each([{ ips: ['127.0.0.1'] }, { expiresAt: '2090-01-01T00:00:00Z' }])(
    'keeps a key that is confined by %j from sending alerts away for ever',
    async (confinement) => {
      const { hub, owner } = await ownedHub(test.app);
      const { id } = await subscribe(owner, URL);
      const group = await test.app.create.group(hub);
      const caller = await test.app.create.caller({ hub, capabilities: ['alerts-manage'], ...confinement });
      const one = `${SUBSCRIPTIONS}/${id}`;

      await caller.post(SUBSCRIPTIONS, { url: URL }).expect(403);
      await caller.patch(one, { url: 'https://elsewhere.example.com/' }).expect(403);
      await caller.patch(one, { group_id: group }).expect(403);
      await caller.patch(one, { state: 'off' }).expect(200);
      await caller.patch(one, { state: 'active' }).expect(403);
      expect(await shown(owner, id)).toMatchObject({ url: URL, group_id: null, state: { current: 'off' } });
      expect(dataOf<Json[]>(await owner.get(SUBSCRIPTIONS))).toHaveLength(1);
    },
  );

  it('is no user group: the capability is about the alerts of all', async () => {
    const { hub } = await ownedHub(test.app);
    const [own, other] = [await test.app.create.group(hub), await test.app.create.group(hub)];
    const caller = await test.app.create.caller({ hub, capabilities: ['alerts-manage'], groupId: own });

    await caller.post(SUBSCRIPTIONS, { url: URL, group_id: other }).expect(201);
  });

  it('lets nobody in without the capability', async () => {
    const { hub } = await ownedHub(test.app);
    const caller = await test.app.create.caller({ hub, capabilities: ['groups-manage', 'hubs-update'] });

    await caller.post(SUBSCRIPTIONS, { url: URL }).expect(403);
    await caller.get(SUBSCRIPTIONS).expect(403);
  });
});

describe('a test', () => {
  it('is queued with the id that the call will carry', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { id } = await subscribe(owner, URL);
    const { webhook_id } = dataOf<{ webhook_id: string }>(await owner.post(`${SUBSCRIPTIONS}/${id}/test`).expect(202));
    const rows = await test.app.database.query<Json>('SELECT id, body FROM webhook_delivery WHERE hub_id = ?', [
      hub.id,
    ]);

    expect(rows).toMatchObject([{ id: webhook_id, body: expect.stringContaining('This is a test') }]);
  });
});
