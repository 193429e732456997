import { describe, expect, it, vi } from 'vitest';
import { type DataRight, DATA_RIGHTS, platformPrincipal, type Scope, SCOPES } from '../../src/access/index.js';
import { ApiKeyService } from '../../src/modules/api-key/index.js';
import { HubNetworks } from '../../src/modules/outbound/index.js';
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

interface Outcome {
  /** By call. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Null = refused. */
  readonly listed: readonly unknown[] | null;
  /** Whether anything but a reading call reached the box. */
  readonly written: boolean;
}

function expected(boxId: string, rights: readonly DataRight[], scopes: readonly Scope[], names: string[]): Outcome {
  return {
    statuses: Object.fromEntries(names.map((name) => [name, rule(name, rights, scopes)])),
    listed: scopes.includes('read:box') ? (rights.includes('read') ? [boxId] : []) : null,
    written: scopes.includes('write:box') && rights.includes('write'),
  };
}

/** What somebody with these rights on a box and these scopes gets, and what the rule says. */
async function tried(rights: readonly DataRight[], scopes: readonly Scope[]): Promise<[Outcome, Outcome]> {
  const hub = await boxes.hub();
  const box = await boxes.box(hub);
  const caller = await operator(boxes, hub, { box, rights, scopes });
  const calls = callsOf(caller, box.boxId);
  const statuses: Record<string, number> = {};
  for (const [name, call] of Object.entries(calls)) {
    statuses[name] = (await call()).status;
  }
  const { status, body } = await caller.get(BOX);
  const listed = status === 200 ? (body as Json[]).map(({ boxID }) => boxID) : null;
  const written = box.machine.calls.some((call) => !call.startsWith('GET'));
  return [{ statuses, listed, written }, expected(box.boxId, rights, scopes, Object.keys(calls))];
}

describe('a key with every right on the box and the scopes', () => {
  it.each(subsets(SCOPES))('$names may do exactly what these let through', async ({ subset }) => {
    const [outcome, wanted] = await tried(DATA_RIGHTS, subset);

    expect(outcome).toEqual(wanted);
  });
});

describe('a key with every scope and the rights on the box', () => {
  it.each(subsets(DATA_RIGHTS))('$names may do exactly what its group grants', async ({ subset }) => {
    const [outcome, wanted] = await tried(subset, SCOPES);

    expect(outcome).toEqual(wanted);
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

    expect((await caller.get(`${BOX}/functions?boxId=${box.boxId}`)).status).toBe(404);
  });
});

describe('a key that may write to a box and not read it', () => {
  const calls = [
    ['/function', { functionName: 'Nothing' }],
    ['/function', { functionName: 'Greet', parameters: [{ name: 'Nobody', value: 1 }] }],
    ['/variables', { name: 'Nothing', value: 1 }],
  ] as const;

  it.each(calls)('is told nothing of what the box has: %s %j', async (path, body) => {
    const hub = await boxes.hub();
    const box = await boxes.box(hub);
    const send = path === '/function' ? 'post' : 'put';
    const writer = await operator(boxes, hub, { box, rights: ['write'] });
    const unscoped = await operator(boxes, hub, { box, scopes: ['write:box'] });
    const reader = await operator(boxes, hub, { box });
    const names = /StartLine|CountPieces|"functions"|"parameters"|"variables"|has:/;

    expect(toldBy(await reader[send](`${BOX}${path}`, { boxId: box.boxId, ...body }))).toMatch(names);
    for (const caller of [writer, unscoped]) {
      const answer = await caller[send](`${BOX}${path}`, { boxId: box.boxId, ...body });
      expect([404, 422]).toContain(answer.status);
      expect(toldBy(answer)).not.toMatch(names);
    }
  });
});

describe('a run whose key is revoked before it is its turn', () => {
  it('401: never reaches the box', async () => {
    const hub = await boxes.hub();
    const box = await boxes.box(hub);
    const groupId = await boxes.app.create.group(hub, { lists: [], boxes: [{ box_id: box.id, rights: ['write'] }] });
    const key = await boxes.app.create.integrationKey(hub, { groupId });
    const exchanged = await boxes.app.anonymous.with({ apiKey: key.secret }).get('/public-api/v1/auth/token');
    const caller = boxes.app.as((exchanged.body as { accessToken: string }).accessToken);
    const networks = boxes.app.nest.get(HubNetworks);
    const entriesFor = networks.entriesFor.bind(networks);
    const asked = vi.spyOn(networks, 'entriesFor').mockImplementation(async (...about) => {
      if (box.machine.calls.length > 0) {
        await boxes.app.nest.get(ApiKeyService).delete(platformPrincipal(hub.id), key.id);
        asked.mockRestore();
      }
      return entriesFor(...about);
    });

    // The first call asks the box what it has; the second one would run the function.
    await caller.post(`${BOX}/function`, { boxId: box.boxId, functionName: 'CountPieces' }).expect(401);

    expect(box.machine.calls).toEqual(['GET /api/functions']);
  });
});
