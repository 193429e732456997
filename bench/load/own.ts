import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CLIENT_CORE, onCore } from '../cores.js';
import { scratchFolder } from '../folders.js';
import { type LoadResult, type LoadTool } from './load.js';

const run = promisify(execFile);

/**
 * Where there is no wrk, and where each request is sent once. It takes as much of its core as a bare server of Node does,
 * so those look slower than they are.
 */
export const OWN: LoadTool = {
  name: 'the built-in generator',
  async run(load, options): Promise<LoadResult> {
    const file = join(scratchFolder(), 'load.json');
    writeFileSync(file, JSON.stringify({ load, options }));
    const program = fileURLToPath(new URL('own-program.js', import.meta.url));
    const [command, args] = onCore(CLIENT_CORE, process.execPath, [program, file]);
    const { stdout } = await run(command, args);
    rmSync(file);
    return JSON.parse(stdout) as LoadResult;
  },
};
