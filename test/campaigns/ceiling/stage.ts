import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
// First: entities choose their column types while they load.
import { swiftDatabase } from '../../support/test-database.js';
import { createApp } from '../../../src/app.setup.js';
import { Config, readEnvironment } from '../../../src/config/index.js';
import { Sealer } from '../../../src/modules/activity/index.js';
import { JobWorker } from '../../../src/modules/job/index.js';
import { MailWorker } from '../../../src/modules/mail/index.js';
import { hold, holdWatch } from '../../support/stillness.js';
import { TestClock } from '../../support/test-clock.js';
import { TEST_SECRET } from '../../support/test-secret.js';

export interface Stage {
  readonly nest: NestFastifyApplication;
  close(): Promise<void>;
}

/** A server on a database of its own that stands still between two edits. It does not listen: it is asked by `inject`. */
export async function openStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'hubgate-ceiling-'));
  const own = await swiftDatabase();
  const environment = { HUBGATE_DATA_DIR: folder, HUBGATE_SECRET: TEST_SECRET, LOG_LEVEL: 'silent' };
  const clock = new TestClock();
  const nest = await createApp(new Config(readEnvironment({ DATABASE_URL: own.url, ...environment })), { clock });
  await nest.get(Sealer).onApplicationShutdown();
  await nest.get(MailWorker).onApplicationShutdown();
  await nest.get(JobWorker).onApplicationShutdown();
  await hold({ nest, clock });
  await holdWatch({ nest });
  const close = async (): Promise<void> => {
    await nest.close();
    await own.drop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { nest, close };
}
