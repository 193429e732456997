import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { createApp } from '../../src/app.setup.js';
import { Config, readEnvironment } from '../../src/config/index.js';
import { Database } from '../../src/database/index.js';
import { Sealer } from '../../src/modules/activity/index.js';
import { MailWorker } from '../../src/modules/mail/index.js';
import { JobWorker } from '../../src/modules/job/index.js';
import { WebhookWorker } from '../../src/modules/webhook/index.js';
import { Client } from './client.js';
import { watchContract } from './contract-watch.js';
import { Factory } from './factory.js';
import { migratedDatabase } from './migrated-database.js';
import { TestClock } from './test-clock.js';
import { People } from './people.js';
import { TEST_SECRET } from './test-secret.js';

export { TEST_SECRET };

export interface TestAppOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** A database that exists already, e.g. another node's; it is not dropped at the end. */
  readonly databaseUrl?: string;
}

/**
 * A whole server on a database of its own, built by the migrations, and what a test does with it. It seals activities,
 * hands over mail, calls webhooks and works on jobs when told, so that between two looks at the tables nothing moves but what the test
 * does.
 */
export class TestApp {
  private constructor(
    readonly nest: NestFastifyApplication,
    readonly config: Config,
    readonly clock: TestClock,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  static async start({ environment = {}, databaseUrl }: TestAppOptions = {}): Promise<TestApp> {
    const dataDir = mkdtempSync(join(tmpdir(), 'hubgate-app-'));
    const own = databaseUrl === undefined ? await migratedDatabase() : { url: databaseUrl, drop: async () => {} };
    const config = new Config(
      readEnvironment({
        DATABASE_URL: own.url,
        HUBGATE_DATA_DIR: dataDir,
        HUBGATE_SECRET: TEST_SECRET,
        LOG_LEVEL: 'silent',
        ...environment,
      }),
    );
    const clock = new TestClock();
    const nest = await createApp(config, { clock });
    await nest.get(Sealer).onApplicationShutdown();
    await nest.get(MailWorker).onApplicationShutdown();
    await nest.get(JobWorker).onApplicationShutdown();
    await nest.get(WebhookWorker).onApplicationShutdown();
    watchContract(nest, config.basePath);
    await nest.listen(0, '127.0.0.1');
    const cleanUp = async (): Promise<void> => {
      await own.drop();
      rmSync(dataDir, { recursive: true, force: true });
    };
    return new TestApp(nest, config, clock, cleanUp);
  }

  get database(): Database {
    return this.nest.get(Database);
  }

  /** Makes hubs, roles, groups, lists and keys; missing parents come by themselves. */
  get create(): Factory {
    return new Factory(this);
  }

  /** Makes persons: accounts, members of hubs, sessions. */
  get people(): People {
    return new People(this);
  }

  /** Anybody, without a credential. */
  get anonymous(): Client {
    return new Client(this.agent(), {});
  }

  /** A caller who sends this credential as bearer. */
  as(credential: string): Client {
    return new Client(this.agent(), { authorization: `Bearer ${credential}` });
  }

  agent(): ReturnType<typeof supertest> {
    return supertest(this.nest.getHttpServer());
  }

  /** Another node on the same database. */
  secondNode(environment: NodeJS.ProcessEnv = {}): Promise<TestApp> {
    return TestApp.start({ environment, databaseUrl: this.config.databaseUrl });
  }

  async stop(): Promise<void> {
    await this.nest.close();
    await this.cleanUp();
  }
}

/** One server for all tests of a file; each test makes its own hub, so none sees another's rows. */
export function useTestApp(options: TestAppOptions = {}): { readonly app: TestApp } {
  const holder: { app: TestApp } = { app: undefined as unknown as TestApp };
  beforeAll(async () => {
    holder.app = await TestApp.start(options);
  }, 60_000);
  afterAll(async () => {
    await holder.app?.stop();
    // What a file declares stays loaded while its worker works on others.
    holder.app = undefined as unknown as TestApp;
  });
  return holder;
}
