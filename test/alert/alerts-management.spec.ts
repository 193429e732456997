import { beforeAll, describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import {
  activityOf,
  dataOf,
  type Json,
  leavesAlone,
  NO_ID,
  ownedHub,
  refusalOf,
  toldBy,
} from '../support/management.js';
import { hold } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';
import { ALERTS, ALL_ALERTS, listOf, reporter, send, SOLVE } from './support/alerts.js';

const test = useTestApp();
beforeAll(() => hold(test.app));

const one = (id: string): string => `${ALL_ALERTS}/${id}`;
const solveOne = (id: string): string => `${one(id)}/solve`;
const messages = async (caller: Client, query = ''): Promise<unknown[]> =>
  dataOf<Json[]>(await caller.get(`${ALL_ALERTS}?${query}`).expect(200)).map(({ message }) => message);

describe('GET /v1/hubs/current/alerts', () => {
  it('200: those of every group of the hub, of none of another hub, and who sent them', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const [first, second] = [await reporter(test.app, hub), await reporter(test.app, hub)];
    const elsewhere = await reporter(test.app, (await ownedHub(test.app)).hub);
    await send(elsewhere.caller, 'elsewhere');
    const sent = await send(first.caller, 'first', 'Problem');
    test.app.clock.advance(1000);
    await send(second.caller, 'second');

    expect(await messages(owner)).toEqual(['second', 'first']);
    const created = sent.CreateTime;
    expect(dataOf(await owner.get(one(sent.NotificationID)).expect(200))).toEqual({
      id: sent.NotificationID,
      hub_id: hub.id,
      group_id: first.groupId,
      type: 'problem',
      message: 'first',
      box_id: null,
      box_name: null,
      state: { current: 'new', changed: created },
      creator: { id: first.keyId, type: 'api-key' },
      solved_by: null,
      events: { created, updated: created, deleted: '0001-01-01T00:00:00Z' },
    });
  });

  it('200: filters by state, type, group and moment, sorts both ways, and pages', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const [first, second] = [await reporter(test.app, hub), await reporter(test.app, hub)];
    for (const [caller, message, type] of [
      [first.caller, 'a', 'Info'],
      [second.caller, 'b', 'Warning'],
      [first.caller, 'c', 'Problem'],
    ] as const) {
      await send(caller, message, type);
      test.app.clock.advance(1000);
    }
    const since = new Date(test.app.clock.now() - 2000).toISOString();
    await second.caller.put(SOLVE, { all: true }).expect(200);

    expect(await messages(owner, 'sort=events.created')).toEqual(['a', 'b', 'c']);
    expect(await messages(owner, 'sort=-events.created&page[size]=2')).toEqual(['c', 'b']);
    expect(await messages(owner, 'page[size]=2&page[number]=2')).toEqual(['a']);
    expect(await messages(owner, 'filter[state]=solved')).toEqual(['b']);
    expect(await messages(owner, 'filter[state]=new,solved')).toEqual(['c', 'b', 'a']);
    expect(await messages(owner, 'filter[type]=info,problem')).toEqual(['c', 'a']);
    expect(await messages(owner, `filter[group]=${first.groupId}`)).toEqual(['c', 'a']);
    expect(await messages(owner, `filter[since]=${since}`)).toEqual(['c', 'b']);
    expect(await messages(owner, `filter[group]=${NO_ID}`)).toEqual([]);
  });

  it('200: also those of a group that was deleted', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { caller, groupId, keyId } = await reporter(test.app, hub);
    await send(caller, 'left behind');
    await owner.delete(`/v1/hubs/current/api-keys/${keyId}`).expect(200);
    await owner.delete(`/v1/hubs/current/groups/${groupId}`).expect(200);

    expect(await messages(owner)).toEqual(['left behind']);
  });

  it.each([
    ['sort=message', '/query/sort'],
    ['filter[type]=Fatal', '/query/filter/type'],
    ['filter[state]=open', '/query/filter/state'],
    ['filter[group]=x', '/query/filter/group'],
    ['filter[since]=now', '/query/filter/since'],
    ['filter[message]=x', '/query/filter/message'],
    ['include=groups', '/query/include'],
  ])('422: for %s', async (query, source) => {
    const { owner } = await ownedHub(test.app);

    expect(refusalOf(await owner.get(`${ALL_ALERTS}?${query}`).expect(422)).source).toBe(source);
  });
});

describe('POST …/alerts/{id}/solve and DELETE …/alerts/{id}', () => {
  it('200: solves, once, and the record says who', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const { caller } = await reporter(test.app, hub);
    const { NotificationID: id } = await send(caller);

    const entries = await activityOf(test.app, hub, async () => {
      const solved = dataOf(await owner.post(solveOne(id)).expect(200));
      expect(solved).toMatchObject({ state: { current: 'solved' }, solved_by: { id: ownerId, type: 'api-key' } });
      expect(dataOf(await owner.post(solveOne(id)).expect(200))).toEqual(solved);
    });

    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.alert.solve',
        component: { type: 'alert', id },
        changes: { state: { before: 'new', after: 'solved' } },
      }),
    ]);
    expect(await listOf(caller, '?State=Solved')).toHaveLength(1);
  });

  it('200: deletes, and the record does not repeat what it said', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { caller, groupId } = await reporter(test.app, hub);
    const { NotificationID: id } = await send(caller, 'not for the record');

    const entries = await activityOf(test.app, hub, () => owner.delete(one(id)).expect(200));

    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.alert.delete',
        changes: { type: { before: 'Warning' }, group_id: { before: groupId } },
      }),
    ]);
    expect(JSON.stringify(entries)).not.toContain('not for the record');
    expect(await listOf(caller)).toEqual([]);
    expect(await test.app.database.query('SELECT `stored` FROM alert_count WHERE hub_id = ?', [hub.id])).toEqual([
      { stored: 0 },
    ]);
  });

  it('404: for another hub’s, a deleted and an unknown alert, all alike; nothing changes', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const elsewhere = await reporter(test.app, (await ownedHub(test.app)).hub);
    const { NotificationID: foreign } = await send(elsewhere.caller);
    const { NotificationID: gone } = await send((await reporter(test.app, hub)).caller);
    await owner.delete(one(gone)).expect(200);

    const told = await leavesAlone(test.app, hub, async () => {
      const answers: object[] = [];
      for (const id of [foreign, gone, NO_ID, 'x', `${foreign}%20`]) {
        answers.push(
          toldBy(await owner.get(one(id))),
          toldBy(await owner.post(solveOne(id))),
          toldBy(await owner.delete(one(id))),
        );
      }
      return answers;
    });

    expect(new Set(told.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(told[0]).toMatchObject({ status: 404, error: { code: '404.hub.alert' } });
    expect(await listOf(elsewhere.caller)).toHaveLength(1);
  });

  it('403: names alerts-manage to everybody else; nothing changes', async () => {
    const { hub } = await ownedHub(test.app);
    const { caller: sender } = await reporter(test.app, hub);
    const { NotificationID: id } = await send(sender);
    const caller = await test.app.create.caller({
      hub,
      capabilities: ['groups-manage', 'lists-manage', 'boxes-manage'],
    });

    for (const ask of [
      () => caller.get(ALL_ALERTS),
      () => caller.get(one(id)),
      () => caller.post(solveOne(id)),
      () => caller.delete(one(id)),
      () => caller.get(one(NO_ID)),
    ]) {
      const answer = await leavesAlone(test.app, hub, () => ask().expect(403));
      expect(refusalOf(answer)).toMatchObject({ code: '403.permissions', extra: { capability: 'alerts-manage' } });
    }
  });

  it('401: for a key at the public door, and a token at this one', async () => {
    const { hub } = await ownedHub(test.app);
    const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);

    const token = (await reporter(test.app, hub)).caller;

    expect([(await owner.get(ALERTS)).status, (await token.get(ALL_ALERTS)).status]).toEqual([401, 401]);
  });
});
