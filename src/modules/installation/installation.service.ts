import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { Config } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { Installation } from './installation.entity.js';

/** The node's secret is not the one that the database was made with: nothing encrypted could be read. */
export class SecretMismatchError extends Error {
  constructor() {
    super(
      'HUBGATE_SECRET does not fit this database: it was made with another secret. ' +
        'Give every node the secret of the first one (HUBGATE_SECRET or HUBGATE_SECRET_FILE).',
    );
    this.name = 'SecretMismatchError';
  }
}

/** Which installation this is. Made once with the database, read once per process. */
@Injectable()
export class InstallationService {
  private loaded: Promise<Installation> | undefined;

  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** @throws SecretMismatchError */
  get(): Promise<Installation> {
    this.loaded ??= this.load().catch((error: unknown) => {
      this.loaded = undefined;
      throw error;
    });
    return this.loaded;
  }

  /** Excludes every other maker of hubs until the transaction ends. */
  async lock(tx: EntityManager): Promise<void> {
    await tx.query(`SELECT id FROM installation WHERE singleton = 1${this.database.forUpdate}`);
  }

  private async load(): Promise<Installation> {
    const found = await this.database.reader.findOneBy(Installation, { singleton: 1 });
    const installation = found ?? (await this.create());
    if (!timingSafeEqual(installation.secretCheck, this.config.secret.checkValue(installation.id))) {
      throw new SecretMismatchError();
    }
    return installation;
  }

  /** Of two nodes that start at once on an empty database, one inserts and both read the same row. */
  private async create(): Promise<Installation> {
    const id = newId();
    const secretCheck = this.config.secret.checkValue(id);
    const row = { singleton: 1, id, secretCheck, createdAt: this.clock.now() };
    await this.database.transaction((tx) =>
      tx.createQueryBuilder().insert().into(Installation).values(row).orIgnore().execute(),
    );
    return this.database.reader.findOneByOrFail(Installation, { singleton: 1 });
  }
}
