import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type Logger as Pino, pino } from 'pino';
import { JsonLogger } from '../common/logging.js';
import { type Config } from '../config/index.js';
import { loadSettings } from './settings.js';

const STANDARD_ERROR = 2;

/**
 * The application on the database of the environment (migrated first, under a lock), beside running servers or alone.
 * It is never initialised: no port is opened and the work that starts with a server (sweeping, key rotation, the
 * change feed) is left to servers. Nothing goes to standard output. Whoever opens it closes it.
 */
export async function openApplication(): Promise<INestApplicationContext> {
  const config = loadSettings();
  const { AppModule } = await import('../app.module.js');
  const { InstallationService } = await import('../modules/installation/index.js');
  const logger = new JsonLogger(quietLogger(config));
  const app = await NestFactory.create(AppModule.forRoot(config), new FastifyAdapter(), {
    logger,
    abortOnError: false,
  });
  try {
    await app.get(InstallationService).get();
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Warnings and worse; what Nest says about a failure to start is said by us, in words. */
function quietLogger({ logLevel }: Config): Pino {
  const level = logLevel === 'debug' ? 'debug' : 'silent';
  return pino(
    { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(STANDARD_ERROR),
  );
}
