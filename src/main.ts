import { Logger, type INestApplication } from '@nestjs/common';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { useForEntities } from './cli/settings.js';
import { describeFailure } from './cli/failure.js';
import { type Config, loadConfig } from './config/index.js';

/** Windows gives a service about this long, and so do most process managers. */
const STOP_WITHIN_MS = 10_000;
const IDLE_SWEEP_MS = 100;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'];
const FIRST_HUB = 'Main';

const logger = new Logger('Server');
let running: INestApplication | undefined;
let stopping = false;

for (const signal of SIGNALS) {
  process.on(signal, () => void stop(signal));
}
process.on('uncaughtException', die);
process.on('unhandledRejection', die);

try {
  await start(loadConfig());
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exit(1);
}

async function start(config: Config): Promise<void> {
  useForEntities(config);
  const { createApp } = await import('./app.setup.js');
  const app = await createApp(config);
  running = app;
  await app.listen(config.port, config.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const address = config.addressOf(port);
  logger.log({ url: `${address}/public-api/index.html`, listening: `${config.host}:${port}` }, 'listening');
  if (config.embedded) {
    await makeFirstHub(app, address);
  }
  const { prepareParser } = await import('./modules/list/index.js');
  setImmediate(() => void prepareParser());
}

/** After listening, so that a start that fails (a port in use) makes no key that nobody is shown. */
async function makeFirstHub(app: INestApplication, address: string): Promise<void> {
  const { firstHubGreeting, ProvisioningService, untouchedHubHint } = await import('./modules/provisioning/index.js');
  const provisioning = app.get(ProvisioningService);
  const made = await provisioning.bootstrapIfEmpty(FIRST_HUB);
  if (made) {
    process.stdout.write(firstHubGreeting(made, address));
    return;
  }
  const untouched = await provisioning.findUntouchedHub();
  if (untouched) {
    process.stdout.write(untouchedHubHint(untouched));
  }
}

/** Requests in flight finish, what is collected in memory is written, the database is closed. */
async function stop(signal: string): Promise<void> {
  if (stopping) {
    return;
  }
  stopping = true;
  logger.log(`Stopping on ${signal}.`);
  setTimeout(() => giveUp(), STOP_WITHIN_MS).unref();
  const server = running?.getHttpServer() as Server | undefined;
  // A connection whose last request has just finished would be kept alive and hold up the end.
  setInterval(() => server?.closeIdleConnections(), IDLE_SWEEP_MS).unref();
  try {
    await running?.close();
  } catch (error) {
    die(error);
  }
  process.exit(0);
}

function giveUp(): void {
  logger.fatal(`Requests were still running after ${STOP_WITHIN_MS / 1000} s; they are cut off.`);
  process.exit(1);
}

/** A state that nobody thought of is no state to go on in: whoever supervises the process starts it again. */
function die(error: unknown): void {
  logger.fatal(String(error), error instanceof Error ? error.stack : undefined);
  process.exit(1);
}
