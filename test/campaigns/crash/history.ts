import { canonicalJson } from '../../../src/common/canonical-json.js';

export type Kind = 'role' | 'group' | 'api_key' | 'list' | 'row';
export type WriteKind = 'added' | 'changed' | 'deleted';

/** What the tables say of one thing, in one shape for what is expected and what is found. */
export type Facts = Readonly<Record<string, unknown>>;

/** The fact that a thing is known by where nobody could be told its id: unique, and never changed. */
export const MARKERS: Readonly<Record<Kind, string>> = {
  role: 'identifier',
  group: 'name',
  api_key: 'name',
  list: 'name',
  row: 'Mark',
};

/** A secret of a key. `ended` ones are refused; a `lasting` one goes on until its key ends. */
export interface Secret {
  readonly text: string;
  id: string | null;
  state: 'lasting' | 'overlapping' | 'ended';
}

/** One thing that somebody wrote. Only one writer touches it, and never while an answer about it is outstanding. */
export interface Thing {
  readonly kind: Kind;
  readonly marker: string;
  /** Null while nobody was told. A row's is `<list id>:<row id>`. */
  id: string | null;
  /** As last settled; null = not there. */
  facts: Facts | null;
  pending: Operation | null;
  /** A finding was reported: it is not looked at again. */
  broken: boolean;
  /** Of a key: those of its secrets that somebody was told, and a token that was got for it. */
  secrets: Secret[];
  token: string | null;
  /** Of a row: its list. */
  readonly list: Thing | null;
}

/** What one operation does to one thing, and which trace it must leave in the same transaction. */
export interface Effect {
  readonly thing: Thing;
  readonly after: Facts | null;
  readonly trace: ManagementTrace | RowTrace;
  /** What follows for those who know of it, once it is certain that it took place. */
  readonly follow?: () => void;
}

interface ManagementTrace {
  readonly event: string;
  /** Whether it can alter a decision, and so goes to the change feed. */
  readonly feed: boolean;
}

interface RowTrace {
  readonly write: WriteKind;
  readonly keyId: string;
}

export type Outcome = 'open' | 'acknowledged' | 'unknown' | 'refused';

export interface Operation {
  /** Sent as X-Request-Id, so that the activity row names it. */
  readonly id: string;
  readonly name: string;
  readonly effects: readonly Effect[];
  readonly sentAt: number;
  endedAt: number | null;
  outcome: Outcome;
  /** What was answered; null when nothing was. */
  status: number | null;
  /** Why it was refused. */
  note: string | null;
  /** Whether it took place: known by its answer, or found out afterwards. Null = not known. */
  happened: boolean | null;
}

/** Everything that was sent, what came back, and what must therefore be in the tables. */
export class History {
  readonly things: Thing[] = [];
  readonly operations: Operation[] = [];
  #open: Operation[] = [];

  constructor(private readonly name: string) {}

  thing(kind: Kind, marker: string, list: Thing | null = null): Thing {
    const blank = { id: null, facts: null, pending: null, broken: false, secrets: [], token: null };
    return { kind, marker, list, ...blank };
  }

  /** Before an operation is sent. */
  begin(name: string, effects: readonly Effect[]): Operation {
    const id = `${this.name}.${this.operations.length}`;
    const state = { endedAt: null, outcome: 'open', status: null, note: null, happened: null } as const;
    const operation: Operation = { id, name, effects, sentAt: Date.now(), ...state };
    this.operations.push(operation);
    this.#open.push(operation);
    for (const { thing } of effects) {
      if (thing.pending) {
        throw new Error(`${thing.kind} ${thing.marker} is touched while ${thing.pending.name} is open.`);
      }
      if (thing.facts === null && thing.id === null) {
        this.things.push(thing);
      }
      thing.pending = operation;
    }
    return operation;
  }

  acknowledge(operation: Operation, status: number): void {
    this.#end(operation, 'acknowledged', status);
    this.settle(operation, true);
  }

  /** Refused for a reason that the writer was told: nothing may have changed. */
  refuse(operation: Operation, status: number, note: string): void {
    this.#end(operation, 'refused', status);
    operation.note = note;
    this.settle(operation, false);
  }

  leaveUnknown(operation: Operation, status: number | null): void {
    this.#end(operation, 'unknown', status);
  }

  settle(operation: Operation, happened: boolean): void {
    operation.happened = happened;
    for (const { thing, after, follow } of operation.effects) {
      thing.pending = null;
      if (happened) {
        thing.facts = after;
        follow?.();
      }
    }
    this.#open = this.#open.filter((one) => one !== operation);
  }

  /** Something of it took place and something did not: what it touched can no longer be judged. */
  giveUp(operation: Operation): void {
    operation.effects.forEach(({ thing }) => Object.assign(thing, { pending: null, broken: true }));
    this.#open = this.#open.filter((one) => one !== operation);
  }

  /** Those whose effect nobody was told, in the order of their sending. */
  get unsettled(): readonly Operation[] {
    return this.#open;
  }

  #end(operation: Operation, outcome: Outcome, status: number | null): void {
    Object.assign(operation, { outcome, status, endedAt: Date.now() });
  }
}

export function isManagement(trace: Effect['trace']): trace is ManagementTrace {
  return 'event' in trace;
}

/** Its row is there and it has not been deleted. */
export function lives({ facts, pending, broken }: Thing): boolean {
  return facts !== null && facts['deleted'] !== true && pending === null && !broken;
}

/** A key that opens the door, with one of its secrets that have not ended. */
export function works(key: Thing): boolean {
  return lives(key) && key.facts?.['state'] === 'live';
}

export function lastingSecret({ secrets }: Thing): string {
  return secrets.find(({ state }) => state === 'lasting')?.text ?? '';
}

export function sameFacts(one: Facts | null, other: Facts | null): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
