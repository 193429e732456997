import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { seal, unseal } from '../../common/crypto/seal.js';
import { newId } from '../../common/ids.js';
import { Config } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { InstallationService } from '../installation/index.js';
import { SigningKey } from './signing-key.entity.js';

const HOUR_MS = 3_600_000;
/** A new key pair is made when the newest is older than this. */
const ROTATE_AFTER_MS = 30 * 24 * HOUR_MS;
/** A new key is published this long before it signs, so that every node and every reader of the JWKS knows it. */
const PUBLISH_LEAD_MS = HOUR_MS;
/** A replaced key verifies this much longer than any token can live. */
const RETIRE_MARGIN_MS = 2 * HOUR_MS;
const RELOAD_PAUSE_MS = 5_000;

interface LoadedKey {
  readonly kid: string;
  readonly createdAt: number;
  readonly publicJwk: Record<string, string>;
  /** PEM. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/** The ES256 key pairs of the installation: made on first need, rotated with an overlap, sealed in the database. */
@Injectable()
export class SigningKeys implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('SigningKeys');
  private keys: LoadedKey[] = [];
  private lastReload = Number.NEGATIVE_INFINITY;
  private reload: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly installation: InstallationService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.maintain();
    const again = () =>
      this.maintain().catch((error: unknown) => this.logger.warn(`Key rotation failed: ${String(error)}`));
    this.timer = setInterval(() => void again(), HOUR_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** The key that signs now: the newest that has been public long enough, at the very start the only one. */
  signer(): { kid: string; privateKey: KeyObject } {
    const published = this.keys.filter((key) => key.createdAt <= this.clock.now() - PUBLISH_LEAD_MS);
    const key = published.at(-1) ?? this.keys[0];
    if (!key) {
      throw new Error('There is no signing key yet.');
    }
    return key;
  }

  /** The public key (PEM) of a `kid`; an unknown one is looked for in the database, but not more often than every 5 s. */
  async verifier(kid: string): Promise<string | null> {
    if (!this.find(kid)) {
      await this.reloadNowAndThen();
    }
    return this.find(kid)?.publicKey ?? null;
  }

  /** RFC 7517: public keys only. */
  jwks(): { keys: Record<string, string>[] } {
    return { keys: this.keys.map(({ publicJwk, kid }) => ({ ...publicJwk, kid, use: 'sig', alg: 'ES256' })) };
  }

  /** Makes a key when the newest is too old, and drops those that no live token can need. */
  async maintain(): Promise<void> {
    await this.installation.get();
    await this.load();
    const newest = this.keys.at(-1);
    const stale = this.keys.filter((_, index) => this.isRetired(this.keys[index + 1]));
    if (newest && newest.createdAt > this.clock.now() - ROTATE_AFTER_MS && stale.length === 0) {
      return;
    }
    await this.database.transaction(async (tx) => {
      await this.installation.lock(tx);
      await this.load(tx);
      await this.rotate(tx);
    });
    await this.load();
  }

  private async rotate(tx: EntityManager): Promise<void> {
    const now = this.clock.now();
    const newest = this.keys.at(-1);
    if (!newest || newest.createdAt <= now - ROTATE_AFTER_MS) {
      await tx.insert(SigningKey, this.generate(now));
    }
    for (const key of this.keys.filter((_, index) => this.isRetired(this.keys[index + 1]))) {
      await tx.delete(SigningKey, { id: key.kid });
    }
  }

  /** A key is retired once its successor has signed for longer than any token lives. */
  private isRetired(successor: LoadedKey | undefined): boolean {
    return successor !== undefined && successor.createdAt + PUBLISH_LEAD_MS + RETIRE_MARGIN_MS < this.clock.now();
  }

  private generate(now: number): SigningKey {
    const id = newId(now);
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const plain = privateKey.export({ type: 'pkcs8', format: 'der' });
    const publicJwk = publicKey.export({ format: 'jwk' }) as Record<string, string>;
    return { id, publicJwk, sealedPrivateKey: seal(this.sealingKey(), plain, id), createdAt: now };
  }

  private async load(manager: EntityManager = this.database.reader): Promise<void> {
    const rows = await manager.find(SigningKey, { order: { createdAt: 'ASC', id: 'ASC' } });
    this.keys = rows.flatMap((row) => this.find(row.id) ?? this.open(row) ?? []);
  }

  /** Who comes while one is under way waits for it: its answer is theirs too. */
  private async reloadNowAndThen(): Promise<void> {
    const now = this.clock.monotonic();
    if (!this.reload && now - this.lastReload >= RELOAD_PAUSE_MS) {
      this.lastReload = now;
      this.reload = this.load().finally(() => (this.reload = undefined));
    }
    await this.reload;
  }

  private find(kid: string): LoadedKey | undefined {
    return this.keys.find((key) => key.kid === kid);
  }

  /** Null for a row that was tampered with: it neither signs nor verifies, and the others go on. */
  private open({ id, sealedPrivateKey, createdAt }: SigningKey): LoadedKey | null {
    try {
      const plain = unseal(this.sealingKey(), sealedPrivateKey, id);
      const privateKey = createPrivateKey({ key: plain, type: 'pkcs8', format: 'der' });
      // The public half comes from the sealed one: a JWK that was swapped verifies nothing and is not published.
      const publicHalf = createPublicKey(privateKey);
      const publicJwk = publicHalf.export({ format: 'jwk' }) as Record<string, string>;
      const publicKey = publicHalf.export({ type: 'spki', format: 'pem' }).toString();
      return { kid: id, createdAt, publicJwk, publicKey, privateKey };
    } catch (error) {
      this.logger.error(`The signing key ${id} was changed in the database and is not used: ${String(error)}`);
      return null;
    }
  }

  private sealingKey(): Buffer {
    return this.config.secret.deriveKey('signing-keys');
  }
}
