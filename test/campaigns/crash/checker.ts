import { createHash } from 'node:crypto';
import { type Finding } from './findings.js';
import { type Effect, type Facts, type History, type Operation, sameFacts, type Thing } from './history.js';
import { byMarker, type Origin, type Snapshot } from './snapshot.js';
import { traceFindings } from './trace-checker.js';

/**
 * Finds out which of the unanswered operations took place: each wholly or not at all. Afterwards the history says
 * exactly what must be there, and `check` compares.
 */
export function settle(history: History, snapshot: Snapshot): Finding[] {
  const markers = new Map<string, Map<string, string[]>>();
  const idOf = ({ kind, marker, id }: Thing): string | null => {
    const known = markers.get(kind) ?? byMarker(snapshot, kind);
    markers.set(kind, known);
    return id ?? known.get(marker)?.[0] ?? null;
  };
  return [...history.unsettled].flatMap((operation) => settleOne(history, operation, snapshot, idOf));
}

function settleOne(
  history: History,
  operation: Operation,
  snapshot: Snapshot,
  idOf: (thing: Thing) => string | null,
): Finding[] {
  const found = operation.effects.map((effect) => ({ effect, side: sideOf(effect, snapshot, idOf(effect.thing)) }));
  const sides = new Set(found.map(({ side }) => side));
  if (sides.size > 1 || sides.has('neither')) {
    history.giveUp(operation);
    const sight = found.map(({ effect, side }) => `${nameOf(effect.thing)} is as ${side}`).join(', ');
    return [{ category: 'half', detail: `${label(operation)}: ${sight}` }];
  }
  const happened = sides.has('after');
  if (happened) {
    operation.effects.forEach(({ thing }) => (thing.id = idOf(thing)));
  }
  history.settle(operation, happened);
  return [];
}

function sideOf({ thing, after }: Effect, snapshot: Snapshot, id: string | null): 'before' | 'after' | 'neither' {
  const now = id === null ? null : (snapshot.things[thing.kind].get(id) ?? null);
  if (sameFacts(now, after)) {
    return 'after';
  }
  return sameFacts(now, thing.facts) ? 'before' : 'neither';
}

/** Compares everything that must be there with what is there. The history must be settled. */
export function check(history: History, snapshot: Snapshot, origin: Origin): Finding[] {
  return [
    ...history.operations.flatMap(refusals),
    ...history.things.flatMap((thing) => thingFindings(thing, snapshot)),
    ...strangers(history, snapshot, origin),
    ...reusedIds(history),
    ...listFindings(history, snapshot),
    ...traceFindings(history, snapshot, origin),
  ];
}

function refusals(operation: Operation): Finding[] {
  return operation.outcome === 'refused'
    ? [{ category: 'refused', detail: `${label(operation)} was answered ${operation.status} ${operation.note ?? ''}` }]
    : [];
}

/** Rows of a deleted list are swept away by and by. */
function isJudged({ pending, broken, list }: Thing): boolean {
  return pending === null && !broken && list?.facts?.['deleted'] !== true && list?.broken !== true;
}

function thingFindings(thing: Thing, snapshot: Snapshot): Finding[] {
  if (!isJudged(thing) || thing.id === null) {
    return [];
  }
  const now = snapshot.things[thing.kind].get(thing.id) ?? null;
  if (!sameFacts(now, thing.facts)) {
    const detail = `${nameOf(thing)} should be ${show(thing.facts)} and is ${show(now)}`;
    return [{ category: 'lost', detail }];
  }
  const stored = snapshot.digests.get(thing.id) ?? [];
  return thing.secrets
    .filter(({ text }) => !stored.includes(createHash('sha256').update(text).digest('hex')))
    .map(() => ({ category: 'lost', detail: `a secret of ${nameOf(thing)} is not stored` }));
}

/** What is there must have been made by somebody. */
function strangers(history: History, snapshot: Snapshot, { roleIds, keyIds }: Origin): Finding[] {
  const known = new Set(history.things.map(({ kind, id }) => `${kind} ${id}`));
  roleIds.forEach((id) => known.add(`role ${id}`));
  keyIds.forEach((id) => known.add(`api_key ${id}`));
  const found = Object.entries(snapshot.things).flatMap(([kind, things]) =>
    [...things.keys()].map((id) => `${kind} ${id}`),
  );
  const broken = new Set(history.things.filter((thing) => thing.broken).map(({ marker }) => marker));
  return found
    .filter((name) => !known.has(name))
    .filter((name) => !broken.has(markerOf(name, snapshot)))
    .map((name) => ({ category: 'unexplained', detail: `${name} (${markerOf(name, snapshot)}) was made by nobody` }));
}

function markerOf(name: string, snapshot: Snapshot): string {
  const [kind, id] = name.split(' ') as [keyof Snapshot['things'], string];
  const facts = snapshot.things[kind].get(id);
  return String(facts?.['Mark'] ?? facts?.['identifier'] ?? facts?.['name']);
}

function reusedIds(history: History): Finding[] {
  const owners = new Map<string, Thing>();
  const findings: Finding[] = [];
  for (const thing of history.things.filter(({ id }) => id !== null)) {
    const name = `${thing.kind} ${thing.id}`;
    const other = owners.get(name);
    if (other) {
      findings.push({ category: 'reused', detail: `${name} was given to ${other.marker} and to ${thing.marker}` });
    }
    owners.set(name, thing);
  }
  return findings;
}

/** Counters of lists commit with the rows that they count, and numbers are never given twice or left out. */
function listFindings(history: History, snapshot: Snapshot): Finding[] {
  const findings: Finding[] = [];
  const half = (detail: string): void => void findings.push({ category: 'half', detail });
  const added = addedRows(history);
  for (const [id, { lastRowId, rowCount, rows, deleted }] of snapshot.lists) {
    if (!deleted && rowCount !== rows) {
      half(`list ${id} counts ${rowCount} rows and has ${rows}`);
    }
    const uncertain = history.things.some(({ list, broken }) => broken && list?.id === id);
    if (!uncertain && lastRowId !== (added.get(id) ?? 0)) {
      half(`list ${id} gave ${added.get(id) ?? 0} row ids and its counter says ${lastRowId}`);
    }
  }
  const numbers = [...snapshot.lists.values()].map(({ number }) => number).sort((a, b) => a - b);
  if (numbers.some((number, index) => number !== index + 1) || numbers.length !== snapshot.lastListNumber) {
    half(`the lists have the numbers ${numbers.join(' ')} and the hub's counter says ${snapshot.lastListNumber}`);
  }
  return findings;
}

function addedRows({ operations }: History): Map<string, number> {
  const added = new Map<string, number>();
  for (const { happened, effects } of operations) {
    for (const { thing, trace } of happened ? effects : []) {
      if ('write' in trace && trace.write === 'added' && thing.list?.id) {
        added.set(thing.list.id, (added.get(thing.list.id) ?? 0) + 1);
      }
    }
  }
  return added;
}

export function nameOf({ kind, marker, id }: Thing): string {
  return `${kind} ${marker} (${id ?? 'id unknown'})`;
}

function label({ id, name, outcome, status }: Operation): string {
  return `${id} ${name} (${outcome}${status === null ? '' : ` ${status}`})`;
}

function show(facts: Facts | null): string {
  return facts === null ? 'absent' : JSON.stringify(facts);
}
