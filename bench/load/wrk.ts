import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CLIENT_CORE, onCore } from '../cores.js';
import { scratchFolder } from '../folders.js';
import { headersOf, type Load, type LoadResult, type LoadTool } from './load.js';

const run = promisify(execFile);

/** Its result in one line, which is easier to read than its report. */
const DONE = `
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"failures":%d}\\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
`;

interface Told {
  readonly requests: number;
  readonly microseconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly failures: number;
}

/** wrk needs so little of its core that the server is what is measured. */
export const WRK: LoadTool = {
  name: 'wrk',
  async run(load, { url, connections, seconds }): Promise<LoadResult> {
    const script = join(scratchFolder(), 'load.lua');
    writeFileSync(script, scriptOf(load));
    const args = [
      '-t',
      '1',
      '-c',
      String(connections),
      '-d',
      `${seconds}s`,
      '--timeout',
      '60s',
      '-s',
      script,
      `${url}${load.path}`,
    ];
    const [command, all] = onCore(CLIENT_CORE, 'wrk', args);
    const { stdout } = await run(command, all);
    rmSync(script);
    const line = stdout.split('\n').find((one) => one.startsWith('{'));
    const told = JSON.parse(line ?? '') as Told;
    return {
      requests: told.requests,
      perSecond: told.requests / (told.microseconds / 1e6),
      p50Milliseconds: told.p50 / 1000,
      p99Milliseconds: told.p99 / 1000,
      failures: told.failures,
    };
  },
};

function scriptOf(load: Load): string {
  const { method = 'GET', body, rotate } = load;
  const fixed = Object.entries(headersOf({ ...load, rotate: undefined }, 0));
  return [
    `wrk.method = ${quoted(method)}`,
    ...(body === undefined ? [] : [`wrk.body = ${quoted(body)}`]),
    ...fixed.map(([name, value]) => `wrk.headers[${quoted(name)}] = ${quoted(value)}`),
    ...(rotate ? rotation(rotate.header, rotate.values) : []),
    DONE,
  ].join('\n');
}

/** One long text, because a Lua table of so many constants does not compile. */
function rotation(header: string, values: readonly string[]): string[] {
  return [
    `local requests = {}`,
    `local turn = 0`,
    `function init(args)`,
    `  for value in string.gmatch(${quoted(values.join('\n'))}, "[^\\n]+") do`,
    `    wrk.headers[${quoted(header)}] = value`,
    `    requests[#requests + 1] = wrk.format()`,
    `  end`,
    `end`,
    `function request()`,
    `  turn = turn % #requests + 1`,
    `  return requests[turn]`,
    `end`,
  ];
}

/** What is sent is plain ASCII: its JSON is a text of Lua, too. */
const quoted = (text: string): string => JSON.stringify(text);
