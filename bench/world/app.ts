import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/app.setup.js';
import { Config, readEnvironment } from '../../src/config/index.js';
import { cacheFolder } from '../folders.js';

/** The root of what is sealed in databases that hold nothing real. */
const SECRET = 'nothing-real-is-kept-under-this-0123456789';

/** What a Hubgate on this database is started with; the rest is as shipped. */
export function environmentOf(url: string): NodeJS.ProcessEnv {
  return { DATABASE_URL: url, HUBGATE_SECRET: SECRET, HUBGATE_DATA_DIR: cacheFolder() };
}

/** The application inside this process, without a port: to make what is measured, and to count statements. */
export function openApp(url: string): Promise<NestFastifyApplication> {
  return createApp(new Config(readEnvironment({ ...environmentOf(url), LOG_LEVEL: 'silent' })));
}
