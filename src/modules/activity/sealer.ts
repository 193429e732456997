import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../common/clock.js';
import { UnavailableError } from '../../common/errors/index.js';
import { entriesAtMost } from '../../common/lru.js';
import { PeriodicWriter } from '../../common/periodic-writer.js';
import { Database, isBusy, isDeadlock, isUniqueViolation, withLockIfFree } from '../../database/index.js';
import { type NewLink, SealRepository } from './seal.repository.js';
import { type Head, type Link, type SealedColumns, Seals } from './seals.js';

const INTERVAL_MS = 500;
/** How long the last run may take, of the ten seconds that a stop has. What is left is sealed at the next start. */
const LAST_RUN_MS = 2000;
const LEAVE_ALONE_MS = 60_000;
/** Rows and characters per transaction, so that a chunk stays below the 50 ms for which SQLite's one writer may be held. */
const CHUNK_ROWS = 100;
const CHUNK_LENGTH = 500_000;
const REMEMBERED_HUBS = 10_000;

/**
 * Chains the activities of each hub by seals, twice a second, so that a row that is changed, removed or slipped in
 * afterwards is found (`hubgate audit verify`). One node at a time does it; two at once could not fork a chain. It goes
 * on from the chain's head and never from the last row found: rows that were removed leave a gap.
 */
@Injectable()
export class Sealer extends PeriodicWriter {
  private readonly logger = new Logger('Sealer');
  private running: Promise<void> | undefined;
  private stopBy = Number.POSITIVE_INFINITY;
  private failing = false;
  private chunkRows = CHUNK_ROWS;
  /** Hubs whose chain is damaged, and when to look again, by the monotonic clock. */
  private readonly leftAlone = new Map<string, number>();
  /** The heads that this process wrote last. */
  private readonly known = new LRUCache<string, Link>(entriesAtMost(REMEMBERED_HUBS));

  constructor(
    private readonly rows: SealRepository,
    private readonly seals: Seals,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super(INTERVAL_MS);
  }

  /** Seals all that is unsealed, unless another node is at it. Never throws; runs once at a time. */
  flush(): Promise<void> {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** Once more, after what writes activities has stopped. The command line leaves sealing to servers. */
  override async onApplicationShutdown(): Promise<void> {
    if (!this.started) {
      return;
    }
    this.stopBy = this.clock.monotonic() + LAST_RUN_MS;
    await this.running;
    await super.onApplicationShutdown();
    this.stopBy = Number.POSITIVE_INFINITY;
  }

  private async run(): Promise<void> {
    try {
      if (await this.nextHub('')) {
        await withLockIfFree(this.database, 'seal', () => this.sealAll());
      }
      this.failing = false;
    } catch (error) {
      if (!this.failing) {
        this.logger.error(`Activities cannot be sealed; they wait: ${String(error)}`);
      }
      this.failing = true;
    }
  }

  /** A chunk of each hub in turn, so that one with much to seal does not hold up the others. */
  private async sealAll(): Promise<void> {
    const heads = new Map<string, Head>();
    try {
      for (let sealed = 1; sealed > 0;) {
        sealed = 0;
        for (let hubId = await this.nextHub(''); hubId && this.mayGoOn; hubId = await this.nextHub(hubId)) {
          const head = await this.sealChunk(hubId);
          if (head) {
            heads.set(hubId, head);
            sealed += 1;
          }
        }
      }
    } finally {
      heads.forEach((head) => this.announce(head));
    }
  }

  private get mayGoOn(): boolean {
    return this.clock.monotonic() < this.stopBy;
  }

  private async nextHub(after: string): Promise<string | null> {
    let hubId = await this.rows.findUnsealedHub(after);
    while (hubId && (this.leftAlone.get(hubId) ?? 0) > this.clock.monotonic()) {
      hubId = await this.rows.findUnsealedHub(hubId);
    }
    return hubId;
  }

  /** Its new head, or null when nothing was sealed. Rests afterwards as long as it took: requests come first. */
  private async sealChunk(hubId: string): Promise<Head | null> {
    const began = this.clock.monotonic();
    try {
      return await this.extend(hubId);
    } catch (error) {
      if (error instanceof UnavailableError || isBusy(error) || isDeadlock(error)) {
        throw error;
      }
      const taken = isUniqueViolation(error, 'uq_activity_seal');
      this.leaveAlone(hubId, taken ? 'rows are sealed beyond its head' : String(error));
      return null;
    } finally {
      await sleep(this.clock.monotonic() - began);
    }
  }

  private async extend(hubId: string): Promise<Head | null> {
    const before = await this.trustedHead(hubId);
    if (!before) {
      return null;
    }
    this.warnIfSetBack(hubId, before);
    const rows = this.fitting(await this.rows.findUnsealed(hubId, '', this.chunkRows));
    const links: NewLink[] = [];
    let last = before;
    for (const row of rows) {
      last = this.seals.next(last, row);
      links.push({ ...last, id: row.id });
    }
    const head = { ...last, hubId, sealedAt: this.clock.now() };
    const done =
      links.length > 0 && (await this.rows.append(before, { ...head, mac: this.seals.headMac(head) }, links));
    if (!done) {
      return null;
    }
    this.known.set(hubId, last);
    return head;
  }

  /** As many as one transaction may have. While they are long, fewer are read next time. */
  private fitting(rows: readonly SealedColumns[]): readonly SealedColumns[] {
    let length = 0;
    const tooMany = rows.findIndex((row) => (length += row.body.length) > CHUNK_LENGTH);
    this.chunkRows = tooMany < 0 ? Math.min(CHUNK_ROWS, this.chunkRows * 2) : Math.max(1, tooMany);
    return tooMany < 0 ? rows : rows.slice(0, Math.max(1, tooMany));
  }

  /** Where to go on; null when that cannot be trusted, and then the hub is left alone for a minute. */
  private async trustedHead(hubId: string): Promise<Link | null> {
    let head = await this.rows.findHead(hubId);
    if (!head && (await this.rows.hasSealed(hubId))) {
      head = await this.rows.findHead(hubId); // another node may just have sealed the first rows
      if (!head) {
        return this.leaveAlone(hubId, 'its head is missing, although rows are sealed');
      }
    }
    if (head && !head.mac.equals(this.seals.headMac(head))) {
      return this.leaveAlone(hubId, 'its head was changed by somebody else, or another HUBGATE_SECRET made it');
    }
    return head ?? this.seals.start(hubId);
  }

  private leaveAlone(hubId: string, why: string): null {
    this.leftAlone.set(hubId, this.clock.monotonic() + LEAVE_ALONE_MS);
    const help = `"hubgate audit verify --hub ${hubId}" tells more`;
    this.logger.error(`The activities of hub ${hubId} are not sealed: ${why} (${help}).`);
    return null;
  }

  private warnIfSetBack(hubId: string, found: Link): void {
    const known = this.known.get(hubId) ?? found;
    this.known.set(hubId, found);
    if (found.position < known.position || (found.position === known.position && !found.seal.equals(known.seal))) {
      const places = `from position ${known.position} (${known.seal.toString('hex')}) to ${found.position}`;
      this.logger.warn(
        `The activities of hub ${hubId} went back ${places}: the database was restored, or the end of its log was removed.`,
      );
    }
  }

  /** In the log it outlives the database: `hubgate audit verify --head` takes it. */
  private announce({ hubId, position, seal }: Head): void {
    this.logger.log({ hub: hubId, position, seal: seal.toString('hex') }, 'activities sealed');
  }
}
