import { type RE2JS } from 're2js';

/** What we use of the library's automaton, which makes its states while it searches: too late to refuse a pattern. */
interface LazyAutomaton {
  readonly prog: { readonly start: number };
  /** The lowest code points of all classes but the first. */
  readonly classBounds: Int32Array;
  /** The class of each code point of Latin 1. */
  readonly latin1Class: Int32Array;
  readonly numClasses: number;
  makeState(programCounters: readonly number[], flag: number, ids: readonly number[]): State | null;
  step(state: State, symbol: number, codePoint: number, anchor: number): State | null;
}
interface State {
  readonly isMatch: boolean;
  /** The places of the pattern at which it may be; a step takes a time in proportion to them. */
  readonly nfaStates: readonly number[];
}

/** Marks of the library: where the text and a line begin; a search from anywhere; after the last character. */
const BEGINNING = 1 | 4;
const UNANCHORED = 0;
const END_TEXT = -1;
/** Where rows of states go that match whatever follows, or never. */
const MATCHED = 0;
const DEAD = 1;

/**
 * A pattern with all its states worked out beforehand: a text takes one look into a table for each character, however
 * pattern and text are made. The library alone, given a hostile pair, takes some 0.3 s for 8 kB and 8 MiB of memory.
 */
export class Automaton {
  private constructor(
    private readonly table: Uint16Array,
    private readonly begin: number,
    private readonly latin1: Uint16Array,
    private readonly bounds: Int32Array,
    private readonly width: number,
    /** Steps that were worked out; one from a state of many places counts as several. */
    readonly cost: number,
  ) {}

  /** @returns null if it costs more than allowed, which is below 2^15: tables have places of 16 bits */
  static of(program: RE2JS, costMax: number): Automaton | null {
    const lazy: LazyAutomaton = program.re2().dfa;
    const explored = explore(lazy, costMax);
    if (explored === null) {
      return null;
    }
    const { rows, cost } = explored;
    const width = lazy.numClasses + 1;
    const alive = liveStates(rows);
    const place = (target: number): number => {
      if (target === MATCHED) {
        return MATCHED;
      }
      return alive.has(target) ? target * width : DEAD;
    };
    const table = new Uint16Array((rows.length + FIRST) * width);
    rows.forEach((row, index) => table.set(row.map(place), (index + FIRST) * width));
    const latin1 = Uint16Array.from(lazy.latin1Class);
    return new Automaton(table, place(FIRST), latin1, lazy.classBounds, width, cost);
  }

  test(text: string): boolean {
    const { table, latin1 } = this;
    let state = this.begin;
    for (let index = 0; index < text.length && state > DEAD; index += 1) {
      const unit = text.charCodeAt(index);
      let symbol = latin1[unit];
      if (symbol === undefined) {
        const point = text.codePointAt(index) ?? unit;
        index += point > 0xffff ? 1 : 0;
        symbol = this.symbolOf(point);
      }
      state = table[state + symbol] ?? DEAD;
    }
    return state === MATCHED || (state !== DEAD && table[state + this.width - 1] === MATCHED);
  }

  private symbolOf(point: number): number {
    let low = 0;
    let high = this.bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.bounds[middle] ?? 0) <= point) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

/** So many places in a state make a step of it cost more than one. */
const PLACES_OF_STEP = 8;
/** The number of the first state; those before it are {@link MATCHED} and {@link DEAD}. */
const FIRST = 2;

/** For each state from {@link FIRST} on the states that follow it, by class, the end of the text last. */
function explore(lazy: LazyAutomaton, costMax: number): { rows: number[][]; cost: number } | null {
  const symbols = [
    ...Array.from({ length: lazy.numClasses }, (_, symbol) => lazy.classBounds[symbol - 1] ?? 0),
    END_TEXT,
  ];
  const first = lazy.makeState([lazy.prog.start], BEGINNING, []);
  if (first === null) {
    return null;
  }
  const numbers = new Map<State, number>([[first, FIRST]]);
  const rows: number[][] = [];
  let cost = 0;
  for (const state of numbers.keys()) {
    cost += symbols.length * Math.max(1, state.nfaStates.length / PLACES_OF_STEP);
    if (cost > costMax) {
      return null;
    }
    const row: number[] = [];
    for (const [symbol, point] of symbols.entries()) {
      const next = lazy.step(state, symbol, point, UNANCHORED);
      if (next === null) {
        return null;
      }
      row.push(next.isMatch ? MATCHED : point === END_TEXT ? DEAD : numberOf(numbers, next));
    }
    rows.push(row);
  }
  return { rows, cost: Math.ceil(cost) };
}

function numberOf(numbers: Map<State, number>, state: State): number {
  let number = numbers.get(state);
  if (number === undefined) {
    numbers.set(state, (number = numbers.size + FIRST));
  }
  return number;
}

/** The states from which a match can still be reached, found from the matches backwards. */
function liveStates(rows: readonly (readonly number[])[]): Set<number> {
  const before = new Map<number, number[]>();
  rows.forEach((row, index) => {
    for (const target of new Set(row)) {
      const sources = before.get(target) ?? [];
      sources.push(index + FIRST);
      before.set(target, sources);
    }
  });
  const alive = new Set<number>();
  const queue = [MATCHED];
  for (const target of queue) {
    for (const state of before.get(target) ?? []) {
      if (!alive.has(state)) {
        alive.add(state);
        queue.push(state);
      }
    }
  }
  return alive;
}
