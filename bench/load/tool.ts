import { answers } from '../cores.js';
import { type LoadTool } from './load.js';
import { OWN } from './own.js';
import { WRK } from './wrk.js';

/** wrk if this machine has it. */
export const loadTool: LoadTool = answers('wrk', '--version') ? WRK : OWN;
