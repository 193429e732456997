import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { canPin, CLIENT_CORE, SERVER_CORE } from './cores.js';
import { loadTool } from './load/tool.js';
import { type Options } from './options.js';
import { number } from './section.js';

/** Where and with what it was measured, one fact a line. */
export function machineFacts(server: string | null, { plan, only }: Pick<Options, 'plan' | 'only'>): string[] {
  const cpu = cpus()[0]?.model.trim() ?? arch();
  const memory = number(totalmem() / 1024 ** 3, 0);
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return [
    `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `${cpu}, ${availableParallelism()} cores, ${memory} GiB, ${type()} ${release().split('.', 2).join('.')}, load before the start ${load}`,
    `Node.js ${process.version}, SQLite embedded${server === null ? '' : `, ${server}`}`,
    canPin
      ? `Servers on core ${SERVER_CORE}, requests from core ${CLIENT_CORE}, sent by ${loadTool.name}`
      : `Servers and clients share the cores; requests sent by ${loadTool.name}`,
    `${plan.rounds} rounds of ${plan.roundSeconds} s, ${plan.connections} connections unless said otherwise`,
    ...(only.length > 0 ? [`Only a part was measured: ${only.join(', ')}`] : []),
  ];
}
