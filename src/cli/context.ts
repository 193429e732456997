import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type Logger as Pino, pino } from 'pino';
import { JsonLogger } from '../common/logging.js';
import { Config, loadConfig, readEnvironment } from '../config/index.js';

const STANDARD_ERROR = 2;

/**
 * The application on the database of the environment (migrated first, under a lock), beside running servers or alone.
 * It is never initialised: no port is opened and the work that starts with a server (sweeping, key rotation, the
 * change feed) is left to servers. Nothing goes to standard output.
 */
export async function withApplication<T>(work: (app: INestApplicationContext) => Promise<T>): Promise<T> {
  const config = useForEntities(loadConfig());
  const { AppModule } = await import('../app.module.js');
  const { InstallationService } = await import('../modules/installation/index.js');
  const logger = new JsonLogger(quietLogger(config));
  const app = await NestFactory.create(AppModule.forRoot(config), new FastifyAdapter(), {
    logger,
    abortOnError: false,
  });
  try {
    await app.get(InstallationService).get();
    return await work(app);
  } finally {
    await app.close();
  }
}

/** The settings without the secret, so that asking makes no file. @throws InvalidEnvironmentError */
export function readSettings(): Config {
  return useForEntities(new Config(readEnvironment(process.env)));
}

/**
 * Entities choose their column types by DATABASE_URL while they load, so the settings come first and the modules are
 * imported after: a wrong URL is then told as such, and the default is the same for both.
 */
export function useForEntities(config: Config): Config {
  process.env['DATABASE_URL'] = config.databaseUrl;
  return config;
}

/** Warnings and worse; what Nest says about a failure to start is said by us, in words. */
function quietLogger({ logLevel }: Config): Pino {
  const level = logLevel === 'debug' ? 'debug' : 'silent';
  return pino(
    { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(STANDARD_ERROR),
  );
}
