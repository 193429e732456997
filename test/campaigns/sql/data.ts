import { type Random } from './random.js';

export type Cell = number | string | boolean | null;

/** ID first, then by column. */
export type Row = Readonly<Record<string, Cell>>;

export type Kind = 'Number' | 'String' | 'Boolean';

/** T: any text; N: any number; M: a number of which sums are exact; B: a truth. */
export const COLUMNS: Readonly<Record<string, Kind>> = { T: 'String', N: 'Number', M: 'Number', B: 'Boolean' };

const TEXTS = [
  '',
  ' ',
  'a',
  'A',
  'a ',
  'ab',
  'aB',
  'b',
  'é',
  'e\u0301',
  'ß',
  '🦊',
  '🦊a',
  '￮',
  '%',
  '_',
  'a%b',
  'a_b',
  "it's",
  '[x]',
  '!',
  '\\',
  '10',
  '9',
  'null',
  '2024-02-29',
  '2023-02-29',
  `${'x'.repeat(300)}`,
];
const NUMBERS = [
  0, -0, 1, -1, 2, 2.5, -2.5, 0.5, 0.1, 0.30000000000000004, 1e-7, 1e15, 9007199254740991, -123456.789, 1e21, 3, 1e-20,
  -0.9999999999999999,
];
const EXACT = [0, 1, -1, 2, 0.25, -0.75, 1000, 12.5, 65536, -3];

/** Rows with many duplicates and empty cells. */
export function rowsOf(random: Random, count: number): Row[] {
  const orNull = (cell: Cell): Cell => (random.chance(0.2) ? null : cell);
  return Array.from({ length: count }, (_, index) => ({
    ID: index + 1,
    T: orNull(random.pick(TEXTS)),
    N: orNull(random.pick(NUMBERS)),
    M: orNull(random.pick(EXACT)),
    B: orNull(random.chance(0.5)),
  }));
}

export const LITERALS = {
  texts: TEXTS,
  numbers: [...NUMBERS.filter((one) => !Object.is(one, -0)), 10, 1000],
  exact: EXACT,
};
