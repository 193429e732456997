import { describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { activityOf, dataOf, type Json, leavesAlone, NO_ID, ownedHub, refusalOf } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();
const BOXES = '/v1/hubs/current/boxes';
const PASSWORD = 'correct horse battery staple';
const credentials = { user: 'hub', password: PASSWORD };

const manager = (hub: TestHub): Promise<Client> =>
  test.app.create.caller({ hub, capabilities: ['boxes-manage'], rank: 1 });
const make = async (caller: Client, body: Json): Promise<Json> => dataOf(await caller.post(BOXES, body).expect(201));
const boxIds = async (caller: Client, query = ''): Promise<unknown[]> =>
  dataOf<Json[]>(await caller.get(`${BOXES}${query}`).expect(200)).map(({ box_id }) => box_id);
const stored = async (hub: TestHub): Promise<Json[]> =>
  test.app.database.query<Json>('SELECT * FROM box WHERE hub_id = ? ORDER BY id', [hub.id]);

describe('POST /v1/hubs/current/boxes, 201', () => {
  it('makes a box, and the activity says who made what, never by which credentials', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const body = { box_id: 'PB0000PT', name: 'Packing line 3', group: 'Packing', properties: { license: 'L-1' } };
    let box: Json = {};

    const entries = await activityOf(test.app, hub, async () => {
      box = await make(owner, { ...body, address: '10.20.0.31', credentials });
    });

    expect(box).toMatchObject({
      ...body,
      hub_id: hub.id,
      address: 'http://10.20.0.31:40404',
      credentials: { kind: 'password', set: expect.any(String) },
      token_created: null,
      state: { current: 'unknown' },
      runtime_version: null,
      last_seen: null,
      creator: { id: ownerId, type: 'api-key' },
    });
    expect(dataOf(await owner.get(`${BOXES}/${String(box.id)}`).expect(200))).toEqual(box);
    expect(entries).toEqual([
      expect.objectContaining({ event: 'hub.box.create', component: { type: 'box', id: box.id } }),
    ]);
    expect(JSON.stringify([entries, box])).not.toContain('horse');
  });

  it('keeps the credentials sealed: nothing of them is in any table', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await make(owner, { box_id: 'PB1', name: 'One', address: '10.0.0.1', credentials });
    await make(owner, { box_id: 'PB2', name: 'Two', address: '10.0.0.1', credentials: { token: 'a-bearer-token' } });

    const rows = await stored(hub);

    const bytes = rows.map(({ sealed_credentials }) => Buffer.from(sealed_credentials as Uint8Array));
    expect(bytes.every((one) => one.length > 20)).toBe(true);
    for (const text of [PASSWORD, 'a-bearer-token', Buffer.from(`hub:${PASSWORD}`).toString('base64')]) {
      expect(Buffer.concat(bytes).includes(text)).toBe(false);
      expect(JSON.stringify(rows)).not.toContain(text);
    }
  });

  it.each([
    ['10.20.0.31', 'http://10.20.0.31:40404'],
    ['box-3.plant.example:8080', 'http://box-3.plant.example:8080'],
    ['HTTPS://Box-3.Plant.Example', 'https://box-3.plant.example:40404'],
    ['[fd00::31]', 'http://[fd00::31]:40404'],
    ['0x7f.1', 'http://127.0.0.1:40404'],
    ['2130706433', 'http://127.0.0.1:40404'],
  ])('reads the address %s as %s: what is shown is what is connected to', async (address, read) => {
    const { owner } = await ownedHub(test.app);

    expect((await make(owner, { box_id: 'PB1', name: 'One', address })).address).toBe(read);
  });
});

describe('POST /v1/hubs/current/boxes, refused', () => {
  const box = { box_id: 'PB1', name: 'One' };

  it.each([
    [{ name: 'One' }, '/box_id'],
    [{ box_id: 'PB1' }, '/name'],
    [{ ...box, box_id: 'PB 1' }, '/box_id'],
    [{ ...box, box_id: '../PB1' }, '/box_id'],
    [{ ...box, box_id: 'x'.repeat(65) }, '/box_id'],
    [{ ...box, box_id: ['PB1'] }, '/box_id'],
    [{ ...box, address: 'file:///etc/passwd' }, '/address'],
    [{ ...box, address: 'http://user:pw@10.0.0.1' }, '/address'],
    [{ ...box, address: '10.0.0.1/admin' }, '/address'],
    [{ ...box, address: '10.0.0.1:0' }, '/address'],
    [{ ...box, address: '10.0.0.1:65536' }, '/address'],
    [{ ...box, address: '10.0.0.1\r\nHost: other' }, '/address'],
    [{ ...box, address: '999.0.0.1' }, '/address'],
    [{ ...box, address: '' }, '/address'],
    [{ ...box, credentials: {} }, '/credentials'],
    [{ ...box, credentials: { user: 'hub' } }, '/credentials'],
    [{ ...box, credentials: { user: 'hub', password: 'a', token: 'b' } }, '/credentials'],
    [{ ...box, credentials: { user: 'a:b', password: 'c' } }, '/credentials/user'],
    [{ ...box, credentials: { user: 'a', password: 'b\nc' } }, '/credentials/password'],
    [{ ...box, credentials: { token: 'a b' } }, '/credentials/token'],
    [{ ...box, properties: { a: 1 } }, '/properties'],
    [{ ...box, state: 'online' }, '/state'],
  ])('422: for %j', async (body, source) => {
    const { hub, owner } = await ownedHub(test.app);

    const answer = await leavesAlone(test.app, hub, () => owner.post(BOXES, body).expect(422));

    expect(refusalOf(answer).source).toBe(source);
    expect(await stored(hub)).toEqual([]);
  });

  it('409: for a box id that is taken, whatever its case; another hub may have it', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await make(owner, box);

    const answer = await leavesAlone(test.app, hub, () => owner.post(BOXES, { ...box, box_id: 'pb1' }).expect(409));

    expect(refusalOf(answer)).toMatchObject({ code: '409.duplicate-found', source: '/box_id' });
    await make((await ownedHub(test.app)).owner, box);
  });

  it('403: needs boxes-manage, and nothing is made', async () => {
    const hub = await test.app.create.hub();
    const caller = await test.app.create.caller({ hub, capabilities: ['lists-manage', 'groups-manage'] });

    const answer = await leavesAlone(test.app, hub, () => caller.post(BOXES, box).expect(403));

    expect(refusalOf(answer).extra).toEqual({ capability: 'boxes-manage' });
    expect(await stored(hub)).toEqual([]);
  });
});

describe('GET /v1/hubs/current/boxes', () => {
  it('200: shows the boxes of this hub only, searched, filtered, sorted and paged', async () => {
    const hub = await test.app.create.hub();
    const caller = await manager(hub);
    await test.app.create.box(await test.app.create.hub(), { box_id: 'FOREIGN' });
    await make(caller, { box_id: 'PB2', name: 'alpha', group: 'Packing' });
    await make(caller, { box_id: 'pb1', name: 'Beta', group: 'Packing' });
    await make(caller, { box_id: 'X_3', name: 'gamma' });

    expect(await boxIds(caller)).toEqual(['PB2', 'pb1', 'X_3']);
    expect(await boxIds(caller, '?sort=box_id')).toEqual(['pb1', 'PB2', 'X_3']);
    expect(await boxIds(caller, '?sort=-name&page[size]=1&page[number]=2')).toEqual(['pb1']);
    expect(await boxIds(caller, '?filter[search]=PB')).toEqual(['PB2', 'pb1']);
    expect(await boxIds(caller, '?filter[search]=AMM')).toEqual(['X_3']);
    expect(await boxIds(caller, '?filter[search]=_')).toEqual(['X_3']);
    expect(await boxIds(caller, '?filter[group]=Packing&sort=box_id')).toEqual(['pb1', 'PB2']);
  });
});

describe('a box of another hub, a deleted one, one that never was, and an id that is none', () => {
  it('404: read the same for every verb', async () => {
    const hub = await test.app.create.hub();
    const caller = await manager(hub);
    const foreign = (await test.app.create.box(await test.app.create.hub())).id;
    const deleted = (await test.app.create.box(hub)).id;
    await caller.delete(`${BOXES}/${deleted}`).expect(200);
    const told = new Set<string>();

    for (const id of [foreign, deleted, NO_ID, 'x', `${deleted}%20`]) {
      for (const answer of [
        await caller.get(`${BOXES}/${id}`),
        await caller.patch(`${BOXES}/${id}`, { name: 'Mine' }),
        await caller.delete(`${BOXES}/${id}`),
        await caller.post(`${BOXES}/${id}/token`),
        await caller.delete(`${BOXES}/${id}/token`),
      ]) {
        const { requestId: _, ...error } = refusalOf(answer);
        told.add(JSON.stringify([answer.status, error]));
      }
    }

    expect([...told]).toEqual([
      JSON.stringify([404, { status: 404, code: '404.hub.box', title: 'There is no such box in this hub.' }]),
    ]);
  });
});

describe('PATCH /v1/hubs/current/boxes/:boxId', () => {
  it('200: changes only what is named, and writes the activity of it', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const box = await make(owner, { box_id: 'PB1', name: 'One', group: 'A', address: '10.0.0.1', credentials });
    let changed: Json = {};

    const entries = await activityOf(test.app, hub, async () => {
      changed = dataOf(await owner.patch(`${BOXES}/${String(box.id)}`, { name: 'Uno', group: null }).expect(200));
    });

    expect(changed).toEqual({ ...box, name: 'Uno', group: null, events: expect.anything() });
    expect(entries.map(({ event, changes }) => [event, changes])).toEqual([
      ['hub.box.update', { name: { before: 'One', after: 'Uno' }, group: { before: 'A', after: null } }],
    ]);
  });

  it('200: another address takes the credentials away, also the same host by another scheme or port', async () => {
    const { hub, owner } = await ownedHub(test.app);
    for (const address of ['10.0.0.2', 'https://10.0.0.1', '10.0.0.1:40405', null]) {
      const { id } = await make(owner, {
        box_id: `PB${String(address)}`.replace(/\W/g, '-'),
        name: 'One',
        address: '10.0.0.1',
        credentials,
      });

      const changed = dataOf(await owner.patch(`${BOXES}/${String(id)}`, { address }).expect(200));

      expect(changed.credentials).toBeNull();
    }
    expect((await stored(hub)).map(({ sealed_credentials }) => sealed_credentials)).toEqual([null, null, null, null]);
  });

  it('200: the same address, however it is spelt, keeps them; new ones may come with a new one', async () => {
    const { owner } = await ownedHub(test.app);
    const { id } = await make(owner, { box_id: 'PB1', name: 'One', address: 'box.example', credentials });
    const patch = async (body: Json): Promise<Json> =>
      dataOf(await owner.patch(`${BOXES}/${String(id)}`, body).expect(200));

    expect((await patch({ address: 'http://BOX.example:40404/' })).credentials).toMatchObject({ kind: 'password' });
    const moved = await patch({ address: '10.0.0.9', credentials: { token: 'another' } });
    expect(moved).toMatchObject({ address: 'http://10.0.0.9:40404', credentials: { kind: 'token' } });
    expect((await patch({ credentials: null })).credentials).toBeNull();
  });

  it('412: with the ETag of another state; nothing changes', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { id } = await make(owner, { box_id: 'PB1', name: 'One' });
    const one = `${BOXES}/${String(id)}`;
    const { etag } = (await owner.get(one).expect(200)).headers as { etag: string };
    await owner.with({ 'if-match': etag }).patch(one, { name: 'Two' }).expect(200);

    await leavesAlone(test.app, hub, () => owner.with({ 'if-match': etag }).patch(one, { name: 'Three' }).expect(412));
    await leavesAlone(test.app, hub, () => owner.with({ 'if-match': etag }).delete(one).expect(412));

    expect((await stored(hub)).map(({ name }) => name)).toEqual(['Two']);
  });
});

describe('DELETE /v1/hubs/current/boxes/:boxId', () => {
  it('200: the box is gone, its box id is free, and nothing that it told or was sealed for it stays', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { id } = await make(owner, { box_id: 'PB1', name: 'One', address: '10.0.0.1', credentials });
    const token = await test.app.create.boxToken(hub, { id: String(id), boxId: 'PB1' });
    await test.app.as(token).post('/public-api/v1/box/report', { version: '1' }).expect(200);

    await owner.delete(`${BOXES}/${String(id)}`).expect(200);

    expect(await boxIds(owner)).toEqual([]);
    expect(await stored(hub)).toMatchObject([{ box_id_key: null, sealed_credentials: null, token_digest: null }]);
    expect(await test.app.database.query('SELECT * FROM box_report WHERE box_id = ?', [id])).toEqual([]);
    await make(owner, { box_id: 'pb1', name: 'Again' });
  });
});

describe('the boxes of a user group', () => {
  const GROUPS = '/v1/hubs/current/groups';
  const on = (box_id: string): Json => ({ lists: [], boxes: [{ box_id, rights: ['read'] }] });

  it('201: names boxes of its hub', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { id } = await test.app.create.box(hub);

    const group = dataOf(await owner.post(GROUPS, { name: 'One', permissions: on(id) }).expect(201));

    expect(group.permissions).toMatchObject({ boxes: [{ box_id: id, rights: ['read'] }] });
  });

  it('422: and no other ones, which all read the same', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const foreign = (await test.app.create.box(await test.app.create.hub())).id;
    const gone = (await test.app.create.box(hub)).id;
    await owner.delete(`${BOXES}/${gone}`).expect(200);

    for (const id of [foreign, gone, NO_ID]) {
      const answer = await owner.post(GROUPS, { name: 'One', permissions: on(id) }).expect(422);
      expect(refusalOf(answer)).toMatchObject({
        source: '/permissions/boxes/0/box_id',
        detail: 'There is no such box in this hub. Send the id of one of its boxes, or * for all.',
      });
    }
  });
});
