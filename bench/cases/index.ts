import { type Case } from './case.js';
import { cold } from './cold.js';
import { crowd } from './crowd.js';
import { tokenExchange } from './exchange.js';
import { keyLists } from './key-lists.js';
import { indexedLists } from './lists.js';
import { longList } from './long-list.js';
import { memory } from './memory.js';
import { revocation } from './revocation.js';
import { addOne, readFive } from './rows.js';
import { rules } from './rules.js';
import { sqlOverLists } from './sql.js';
import { start } from './start.js';
import { whoami } from './whoami.js';

/** In the order in which they are measured. */
export const CASES: readonly Case[] = [
  whoami,
  tokenExchange,
  readFive,
  addOne,
  cold,
  revocation,
  start,
  crowd,
  memory,
  longList,
  indexedLists,
  keyLists,
  sqlOverLists,
  rules,
];
