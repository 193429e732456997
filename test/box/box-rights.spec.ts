import { describe, expect, it } from '@jest/globals';
import { type DataRight, DATA_RIGHTS, type Scope, SCOPES } from '../../src/access/index.js';
import { useBoxes } from '../support/box-simulator.js';
import { type Json } from '../support/management.js';
import { BOX, callsOf, operator, toldBy } from './support.js';

const boxes = useBoxes();

function subsets<T>(all: readonly T[]): { names: string; subset: T[] }[] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => {
    const subset = all.filter((_one, index) => (bits & (1 << index)) !== 0);
    return { names: subset.join(' ') || 'nothing', subset };
  });
}

/** The rule of this file: the scope first, then the right; with no right at all the box is not there. */
function rule(needs: string, rights: readonly DataRight[], scopes: readonly Scope[]): number {
  const right = needs.startsWith('read') ? 'read' : 'write';
  if (!scopes.includes(`${right}:box`)) {
    return 403;
  }
  const effective = rights.filter((one) => scopes.includes(`${one}:box`));
  if (effective.length === 0) {
    return 404;
  }
  return effective.includes(right) ? 200 : 403;
}

async function expectRule(rights: readonly DataRight[], scopes: readonly Scope[]): Promise<void> {
  const hub = await boxes.hub();
  const box = await boxes.box(hub);
  const caller = await operator(boxes, hub, { box, rights, scopes });
  const calls = Object.entries(callsOf(caller, box.boxId));
  const statuses: [string, number][] = [];
  for (const [name, call] of calls) {
    statuses.push([name, (await call()).status]);
  }

  expect(statuses).toEqual(calls.map(([name]) => [name, rule(name, rights, scopes)]));
  const listed = await caller.get(BOX);
  const visible = rights.includes('read') ? [box.boxId] : [];
  expect(listed.status).toBe(scopes.includes('read:box') ? 200 : 403);
  if (listed.status === 200) {
    expect((listed.body as Json[]).map(({ boxID }) => boxID)).toEqual(visible);
  }
  if (!scopes.includes('write:box') || !rights.includes('write')) {
    expect(box.machine.calls.filter((call) => !call.startsWith('GET'))).toEqual([]);
  }
}

describe('a key with every right on the box and the scopes', () => {
  it.each(subsets(SCOPES))('$names may do exactly what these let through', async ({ subset }) => {
    await expectRule(DATA_RIGHTS, subset);
  });
});

describe('a key with every scope and the rights on the box', () => {
  it.each(subsets(DATA_RIGHTS))('$names may do exactly what its group grants', async ({ subset }) => {
    await expectRule(subset, SCOPES);
  });
});

describe('a box that the key may not see', () => {
  it('404: reads in every call like one of another hub, a deleted one, and one that never was', async () => {
    const hub = await boxes.hub();
    const [mine, hidden, gone] = [await boxes.box(hub), await boxes.box(hub), await boxes.box(hub)];
    const foreign = await boxes.box(await boxes.hub());
    const owner = boxes.app.as((await boxes.app.create.ownerKey(hub)).secret);
    await owner.delete(`/v1/hubs/current/boxes/${gone.id}`).expect(200);
    const caller = await operator(boxes, hub, { box: mine });
    const never = { boxId: 'PB9999', machine: mine.machine };
    const told = new Set<string>();

    for (const { boxId } of [hidden, gone, foreign, never, { boxId: hidden.id }, { boxId: 'PB1%20' }]) {
      for (const call of Object.values(callsOf(caller, boxId))) {
        told.add(toldBy(await call()));
      }
    }

    const notThere = {
      type: 'about:blank',
      title: 'There is no such box in this hub.',
      status: 404,
      code: '404.hub.box',
    };
    expect([...told].map((one) => JSON.parse(one) as unknown)).toEqual([[404, notThere]]);
    for (const { machine } of [hidden, gone, foreign]) {
      expect(machine.calls).toEqual([]);
    }
    expect(((await caller.get(BOX)).body as Json[]).map(({ boxID }) => boxID)).toEqual([mine.boxId]);
  });
});

describe('a group that loses its right', () => {
  it('loses it at once, also for tokens that are out', async () => {
    const hub = await boxes.hub();
    const box = await boxes.box(hub);
    const permissions = { lists: [], boxes: [{ box_id: box.id, rights: ['read', 'write'] as const }] };
    const groupId = await boxes.app.create.group(hub, permissions);
    const caller = await boxes.app.create.integrator(hub, { groupId });
    const owner = boxes.app.as((await boxes.app.create.ownerKey(hub)).secret);
    await caller.get(`${BOX}/functions?boxId=${box.boxId}`).expect(200);

    await owner.patch(`/v1/hubs/current/groups/${groupId}`, { permissions: { lists: [] } }).expect(200);

    await caller.get(`${BOX}/functions?boxId=${box.boxId}`).expect(404);
  });
});
