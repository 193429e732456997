import { describe, expect, it } from 'vitest';
import { check, settle } from './checker.js';
import { type Facts, History, type Operation, type Thing } from './history.js';
import { type ActivityRow, type FeedRow, type Snapshot } from './snapshot.js';

const HUB = 'the-hub';
const ORIGIN = { hubId: HUB, roleIds: new Set<string>(), keyIds: new Set<string>() };
const ROLE = { identifier: 'night-shift', name: 'Night', revision: 1, deleted: false };
const ENDED = { ...ROLE, revision: 2, deleted: true };

interface Tables {
  readonly roles?: Readonly<Record<string, Facts>>;
  readonly activity?: readonly ActivityRow[];
  readonly feed?: readonly FeedRow[];
}

function tables({ roles = {}, activity = [], feed = [] }: Tables): Snapshot {
  const none = new Map<string, Facts>();
  return {
    things: { role: new Map(Object.entries(roles)), group: none, api_key: none, list: none, row: none },
    digests: new Map(),
    lists: new Map(),
    lastListNumber: 0,
    activity,
    feed,
    lastSeq: feed.length,
    writes: new Map(),
  };
}

const row = (requestId: string, event: string, componentId: string): ActivityRow => {
  return { id: `of-${componentId}`, event, componentType: 'role', componentId, requestId, changes: {} };
};

/** Categories of what is found when the unanswered operations are settled against these tables. */
function verdict(history: History, snapshot: Snapshot): string[] {
  return [...settle(history, snapshot), ...check(history, snapshot, ORIGIN)].map(({ category }) => category);
}

describe('a creation whose answer was lost', () => {
  function begun(): { history: History; operation: Operation; role: Thing } {
    const history = new History('test');
    const role = history.thing('role', ROLE.identifier);
    const trace = { event: 'hub.role.create', feed: false };
    const operation = history.begin('create role', [{ thing: role, after: ROLE, trace }]);
    history.leaveUnknown(operation, null);
    return { history, operation, role };
  }

  it('did not take place when nothing of it is there', () => {
    const { history, operation } = begun();

    expect(verdict(history, tables({}))).toEqual([]);
    expect(operation.happened).toBe(false);
  });

  it('took place when all of it is there, and its id is known from then on', () => {
    const { history, operation, role } = begun();
    const activity = [row(operation.id, 'hub.role.create', 'r1')];

    expect(verdict(history, tables({ roles: { r1: ROLE }, activity }))).toEqual([]);
    expect({ happened: operation.happened, id: role.id }).toEqual({ happened: true, id: 'r1' });
  });

  it('is half applied when a field is not as it was sent', () => {
    const { history, operation } = begun();
    const activity = [row(operation.id, 'hub.role.create', 'r1')];

    expect(verdict(history, tables({ roles: { r1: { ...ROLE, name: null } }, activity }))).toEqual(['half']);
  });

  it('is half applied when the role is there without its activity row', () => {
    expect(verdict(begun().history, tables({ roles: { r1: ROLE } }))).toEqual(['half']);
  });

  it('is half applied when the activity row is there without the role', () => {
    const { history, operation } = begun();

    expect(verdict(history, tables({ activity: [row(operation.id, 'hub.role.create', 'r1')] }))).toEqual(['half']);
  });
});

describe('an end of two things in one change whose answer was lost', () => {
  function begun(): { history: History; operation: Operation } {
    const history = new History('test');
    const effects = ['r1', 'r2'].map((id) => {
      const thing = history.thing('role', id);
      const made = history.begin('create role', [{ thing, after: ROLE, trace: { event: 'made', feed: false } }]);
      thing.id = id;
      history.acknowledge(made, 201);
      return { thing, after: ENDED, trace: { event: 'hub.role.delete', feed: true } };
    });
    const operation = history.begin('delete role', effects);
    history.leaveUnknown(operation, 503);
    return { history, operation };
  }

  const made = [row('test.0', 'made', 'r1'), row('test.1', 'made', 'r2')];

  function ended(operation: Operation, ...ids: string[]): ActivityRow[] {
    return [...made, ...ids.map((id) => row(operation.id, 'hub.role.delete', id))];
  }

  const changes = ['r1', 'r2'].map((subjectId, index) => ({ seq: index + 1, hubId: HUB, kind: 'role', subjectId }));

  it('is whole when both have ended, or neither', () => {
    const [one, other] = [begun(), begun()];
    const both = { roles: { r1: ENDED, r2: ENDED }, activity: ended(one.operation, 'r1', 'r2'), feed: changes };

    expect(verdict(one.history, tables(both))).toEqual([]);
    expect(verdict(other.history, tables({ roles: { r1: ROLE, r2: ROLE }, activity: made }))).toEqual([]);
  });

  it('is half applied when only one has ended', () => {
    const { history, operation } = begun();
    const one = { roles: { r1: ENDED, r2: ROLE }, activity: ended(operation, 'r1'), feed: changes.slice(0, 1) };

    expect(verdict(history, tables(one))).toContain('half');
  });

  it('is half applied when the change feed tells only one of them', () => {
    const { history, operation } = begun();
    const activity = ended(operation, 'r1', 'r2');

    const told = { roles: { r1: ENDED, r2: ENDED }, activity, feed: changes.slice(0, 1) };

    expect(verdict(history, tables(told))).toEqual(['half']);
  });
});
