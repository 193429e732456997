import { canonicalJson } from '../../../src/common/canonical-json.js';
import { type Finding } from './findings.js';
import { type Effect, type History, isManagement, type Kind, type Operation, type WriteKind } from './history.js';
import { type ActivityRow, type FeedRow, type Origin, type Snapshot } from './snapshot.js';
import { tells } from './tells.js';

/** How the change feed names what changed. */
const FEED_KINDS: Readonly<Record<Kind, string>> = { role: 'role', group: 'group', api_key: 'key', list: '', row: '' };

/** Written a minute later and by the server itself. */
const REFUSED = 'hub.apikey.refused';

interface Done {
  readonly operation: Operation;
  readonly effect: Effect;
}

/** What a change must leave behind in its own transaction: its activity row, its place in the feed, its count. */
export function traceFindings(history: History, snapshot: Snapshot, origin: Origin): Finding[] {
  const done = history.operations
    .filter(({ happened }) => happened === true)
    .flatMap((operation) => operation.effects.map((effect) => ({ operation, effect })))
    .filter(({ effect }) => !effect.thing.broken);
  return [
    ...activityFindings(history, done, snapshot, origin),
    ...feedFindings(done, snapshot.feed, snapshot.lastSeq, origin),
    ...countFindings(history, done, snapshot),
  ];
}

function activityFindings(
  history: History,
  done: readonly Done[],
  { activity }: Snapshot,
  { keyIds }: Origin,
): Finding[] {
  const rows = new Map<string, ActivityRow[]>();
  for (const row of activity.filter(({ event, requestId }) => event !== REFUSED && requestId !== null)) {
    const name = `${row.requestId} ${row.event} ${row.componentType} ${row.componentId}`;
    rows.set(name, [...(rows.get(name) ?? []), row]);
  }
  const findings = done.flatMap(({ operation, effect }) => {
    const name = activityName(operation, effect);
    const found = name === null ? null : (rows.get(name) ?? []);
    rows.delete(name ?? '');
    return found === null ? [] : activityOf(operation, effect, found);
  });
  const operations = new Map(history.operations.map((operation) => [operation.id, operation]));
  const left = [...rows.values()].flat().filter(({ componentId }) => !keyIds.has(componentId));
  return [...findings, ...left.flatMap((row) => withoutChange(row, operations.get(row.requestId ?? '')))];
}

function activityName({ id }: Operation, { thing, trace }: Effect): string | null {
  return isManagement(trace) ? `${id} ${trace.event} ${thing.kind} ${thing.id}` : null;
}

function activityOf(operation: Operation, { thing, after }: Effect, rows: readonly ActivityRow[]): Finding[] {
  const name = `${operation.id} ${operation.name} of ${thing.kind} ${thing.id}`;
  const [row, ...more] = rows;
  if (!row) {
    const category = operation.outcome === 'unknown' ? 'half' : 'activity';
    return [{ category, detail: `${name} (${operation.outcome}) has no activity row` }];
  }
  const wrong = Object.entries(row.changes).filter(
    ([field, change]) => 'after' in change && field in (after ?? {}) && !tells(change.after, after?.[field]),
  );
  return [
    ...more.map((): Finding => ({ category: 'activity', detail: `${name} has ${rows.length} activity rows` })),
    ...wrong.map(([field]): Finding => ({
      category: 'activity',
      detail: `${name}: its activity row tells ${field} wrongly`,
    })),
  ];
}

function withoutChange(row: ActivityRow, operation: Operation | undefined): Finding[] {
  const name = `activity ${row.id} (${row.event} of ${row.componentType} ${row.componentId})`;
  if (!operation) {
    return [{ category: 'activity', detail: `${name} belongs to no operation` }];
  }
  const broken = operation.effects.some(({ thing }) => thing.broken);
  const detail = `${name} is there and ${operation.id} ${operation.name} (${operation.outcome}) did not do that`;
  return broken ? [] : [{ category: operation.outcome === 'unknown' ? 'half' : 'activity', detail }];
}

/** Numbers without a gap, the counter at the last one, and as many rows for a thing as there were changes to it. */
function feedFindings(done: readonly Done[], feed: readonly FeedRow[], lastSeq: number, origin: Origin): Finding[] {
  const findings: Finding[] = [];
  const half = (detail: string): void => void findings.push({ category: 'half', detail });
  const gap = feed.find(({ seq }, index) => seq !== index + 1);
  if (gap) {
    half(`the change feed has a gap before ${gap.seq}`);
  }
  if (lastSeq !== (feed.at(-1)?.seq ?? 0)) {
    half(`the counter of the change feed says ${lastSeq} and its last row is ${feed.at(-1)?.seq ?? 0}`);
  }
  const changes = done.filter(({ effect }) => isManagement(effect.trace) && effect.trace.feed);
  const made = [...origin.keyIds].map((id) => `${FEED_KINDS.api_key} ${id}`);
  const expected = tally([...made, ...changes.map(({ effect: { thing } }) => `${FEED_KINDS[thing.kind]} ${thing.id}`)]);
  const found = tally(
    feed.filter((row) => row.hubId === origin.hubId).map(({ kind, subjectId }) => `${kind} ${subjectId}`),
  );
  for (const name of new Set([...expected.keys(), ...found.keys()])) {
    if (expected.get(name) !== found.get(name)) {
      half(`${name} changed ${expected.get(name) ?? 0} times and is in the feed ${found.get(name) ?? 0} times`);
    }
  }
  return findings;
}

/** The writes of each key in each list, over all days. */
function countFindings({ things }: History, done: readonly Done[], { writes }: Snapshot): Finding[] {
  const expected = new Map<string, Record<WriteKind, number>>();
  for (const { thing, trace } of done.map(({ effect }) => effect)) {
    if (!isManagement(trace)) {
      const name = `${thing.list?.id} ${trace.keyId}`;
      const sum = expected.get(name) ?? { added: 0, changed: 0, deleted: 0 };
      sum[trace.write] += 1;
      expected.set(name, sum);
    }
  }
  const uncertain = new Set(things.filter(({ broken }) => broken).map(({ list }) => list?.id ?? ''));
  return [...new Set([...expected.keys(), ...writes.keys()])]
    .filter((name) => !uncertain.has(name.split(' ')[0] ?? ''))
    .filter((name) => canonicalJson(expected.get(name)) !== canonicalJson(writes.get(name)))
    .map((name) => ({
      category: 'half',
      detail: `${name} wrote ${JSON.stringify(expected.get(name))} and the count is ${JSON.stringify(writes.get(name))}`,
    }));
}

function tally(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  names.forEach((name) => counts.set(name, (counts.get(name) ?? 0) + 1));
  return counts;
}
