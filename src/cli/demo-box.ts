import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { BoxSimulator } from '../modules/box/index.js';

const REPORT_MILLISECONDS = 30_000;
const LOOPBACK = '127.0.0.1';

/** A simulated box, and what the hub has to know of it. */
export interface DemoBox {
  readonly machine: BoxSimulator;
  /** Where the server finds it, without the port. */
  readonly host: string;
  readonly credentials: { readonly user: string; readonly password: string };
}

/** Before anything is made, so that a port that is taken leaves nothing behind. */
export async function startDemoBox(wanted: string | true, port: number): Promise<DemoBox> {
  const host = wanted === true ? ownAddress() : wanted;
  const credentials = { user: 'hub', password: randomBytes(18).toString('base64url') };
  return { machine: await BoxSimulator.start({ host, port, credentials }), host, credentials };
}

/** Plays the box until the process is asked to stop: answers calls, and reports itself. */
export async function playDemoBox({ machine }: DemoBox, hubUrl: string, token: string): Promise<void> {
  let heard: number | null = 200;
  const report = async (): Promise<void> => {
    const status = await machine.report(hubUrl, token).catch(() => null);
    if (status !== heard && status !== 200) {
      process.stderr.write(`The box could not report itself to ${hubUrl}: ${status ?? 'nobody answers'}.\n`);
    }
    heard = status;
  };
  const timer = setInterval(() => void report(), REPORT_MILLISECONDS);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => resolve());
    }
  });
  await report();
  await stopped;
  clearInterval(timer);
  await machine.report(hubUrl, token, { state: 'offline' }).catch(() => null);
  await machine.stop();
}

/** The first address of this machine that a server may call: loopback only where there is no other. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const usable = all.find(
    ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
  );
  return usable?.address ?? LOOPBACK;
}
