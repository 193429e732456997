import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { seal, unseal } from '../../common/crypto/seal.js';
import { AppError } from '../../common/errors/index.js';
import { Config } from '../../config/index.js';
import { Database, FileHeldError, isBusy } from '../../database/index.js';
import { withoutSecrets } from './answer-secrets.js';
import { Flights } from './flights.js';
import { IdempotencyKeyReusedError, RequestInProgressError } from './idempotency.errors.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { type KeyedRequest } from './keyed-request.js';

/** How long a repetition gets the answer of the first. */
export const KEPT_MS = 24 * 3_600_000;
/** How long it also gets the secret in it, whole. */
export const SEALED_MS = 600_000;
const PATIENCE_SECONDS = 2;
const PATIENCE_MS = PATIENCE_SECONDS * 1000;
/** What the caller may not do, or not see, by now. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 404]);

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly etag: string | null;
}

/** The one effect of a request that is sent several times under one key, and the same answer each time. */
@Injectable()
export class IdempotencyService {
  private readonly flights = new Flights();
  private readonly sealKey: Buffer;

  constructor(
    private readonly records: IdempotencyRepository,
    private readonly database: Database,
    private readonly clock: Clock,
    config: Config,
  ) {
    this.sealKey = config.secret.deriveKey('idempotency-answer');
  }

  /**
   * Does the work and keeps its answer in one transaction, so that both are there or neither; what the work throws is
   * thrown and nothing is kept. If it was done before, the answer is the kept one, to whoever may still ask for it.
   * @throws IdempotencyKeyReusedError when the key stands for something else
   * @throws RequestInProgressError when the first is not done after two seconds
   */
  run(request: KeyedRequest, work: () => Promise<Answer>): Promise<{ answer: Answer; replayed: boolean }> {
    return this.flights.run(request.digest.toString('hex'), PATIENCE_MS, async () => {
      const done = await this.doOnce(request, work);
      if (!(done instanceof IdempotencyRecord)) {
        return { answer: done, replayed: false };
      }
      if (!done.fingerprint.equals(request.fingerprint)) {
        throw new IdempotencyKeyReusedError();
      }
      await this.assertMayRepeat(work);
      return { answer: this.recall(done), replayed: true };
    });
  }

  /** The answer, or the record of the time when it was given already. */
  private async doOnce(request: KeyedRequest, work: () => Promise<Answer>): Promise<Answer | IdempotencyRecord> {
    const attempt = async (tx: EntityManager): Promise<Answer | IdempotencyRecord> => {
      const record = newRecord(request, this.clock.now());
      const earlier = await this.claim(tx, record);
      if (earlier) {
        return earlier;
      }
      const answer = await work();
      await this.records.update(tx, this.fill(record, answer));
      return answer;
    };
    try {
      return await this.database.transaction(attempt, { lane: 'access', beginWithin: PATIENCE_MS });
    } catch (error) {
      // SQLite shows nothing of what another process is at; only that it is at something.
      throw error instanceof FileHeldError ? new RequestInProgressError() : error;
    }
  }

  /** Puts the record in, unless there is one that counts: then it returns that. */
  private claim(tx: EntityManager, record: IdempotencyRecord): Promise<IdempotencyRecord | null> {
    const attempt = async (): Promise<IdempotencyRecord | null> => {
      for (;;) {
        const earlier = await this.records.find(tx, record.digest);
        if (earlier && earlier.createdAt > record.createdAt - KEPT_MS) {
          return earlier;
        }
        if (earlier) {
          await this.records.remove(tx, record.digest);
        }
        if (await this.records.insert(tx, record)) {
          return null;
        }
      }
    };
    return this.database.withLockWait(tx, PATIENCE_SECONDS, async () => {
      try {
        return await attempt();
      } catch (error) {
        throw isBusy(error) ? new RequestInProgressError() : error;
      }
    });
  }

  /**
   * The guard has let the caller through; the rules about instances are asked by doing it all again and keeping nothing.
   * That it would collide with what the first time left is as it should be.
   */
  private async assertMayRepeat(work: () => Promise<Answer>): Promise<void> {
    try {
      await this.database.rehearse(work, { lane: 'access' });
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500 || REFUSALS.has(error.status)) {
        throw error;
      }
    }
  }

  private fill(record: IdempotencyRecord, { status, etag, body }: Answer): IdempotencyRecord {
    const text = body === undefined ? null : JSON.stringify(body);
    const kept = text && withoutSecrets(text);
    Object.assign(record, { status, etag, body: kept });
    if (text !== null && kept !== text) {
      record.sealedBody = seal(this.sealKey, Buffer.from(text), contextOf(record));
      record.sealedUntil = record.createdAt + SEALED_MS;
    }
    return record;
  }

  private recall(record: IdempotencyRecord): Answer {
    const { status, etag, body, sealedBody, sealedUntil } = record;
    const whole = sealedBody && sealedUntil !== null && this.clock.now() < sealedUntil;
    const text = whole ? unseal(this.sealKey, sealedBody, contextOf(record)).toString() : body;
    return { status: status ?? 200, etag, body: text === null ? undefined : (JSON.parse(text) as unknown) };
  }
}

function newRecord({ hubId, digest, fingerprint }: KeyedRequest, now: number): IdempotencyRecord {
  return Object.assign(new IdempotencyRecord(), {
    digest,
    hubId,
    fingerprint,
    createdAt: now,
    status: null,
    etag: null,
    body: null,
    sealedBody: null,
    sealedUntil: null,
  });
}

function contextOf({ hubId, digest }: IdempotencyRecord): string {
  return `idempotency:${hubId}:${digest.toString('hex')}`;
}
