import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { ListSweepRepository } from './list-sweep.repository.js';

const FIRST_CHUNK_ROWS = 100;
const CHUNK_ROWS_MAX = 2000;
/** Where a commit alone takes longer than is aimed at, fewer rows would only make more commits. */
const CHUNK_ROWS_MIN = 50;
/** Aimed at, so that a chunk stays below the 50 ms for which SQLite's one writer may be held. */
const CHUNK_MILLISECONDS = 20;
const PAUSE_MILLISECONDS = 5;
const RETRY_MILLISECONDS = 60_000;

/**
 * Removes the rows of deleted lists, a chunk per transaction with pauses in between. What is left to do is in the
 * database, so a stopped or killed server goes on at its next start; several nodes may sweep at once.
 */
@Injectable()
export class ListSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('ListSweeper');
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly lists: ListSweepRepository,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.wake();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    await this.running;
  }

  /** There may be something to sweep. Returns at once; a call during a sweep makes it look once more. */
  wake(): void {
    this.again = true;
    this.running ??= this.run();
  }

  /** Resolves when nothing is left that was there at the call. */
  async whenIdle(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      while (this.again && !this.stopped) {
        this.again = false;
        await this.sweep();
      }
    } catch (error) {
      this.logger.warn(`Rows of deleted lists could not be removed, next try in a minute: ${String(error)}`);
      this.retry = setTimeout(() => this.wake(), RETRY_MILLISECONDS).unref();
    } finally {
      this.running = undefined;
    }
  }

  private async sweep(): Promise<void> {
    let rows = FIRST_CHUNK_ROWS;
    for (let target = await this.lists.findTarget(); target && !this.stopped; target = await this.lists.findTarget()) {
      const began = this.clock.monotonic();
      await this.lists.removeRows(target, rows);
      rows = Math.max(CHUNK_ROWS_MIN, nextChunk(rows, this.clock.monotonic() - began));
      await sleep(PAUSE_MILLISECONDS);
    }
  }
}

/** As many rows as the aimed time allows, judged by the last chunk; at most four times as many as then. */
export function nextChunk(rows: number, milliseconds: number): number {
  const fitting = Math.floor((rows * CHUNK_MILLISECONDS) / Math.max(milliseconds, CHUNK_MILLISECONDS / 4));
  return Math.min(CHUNK_ROWS_MAX, Math.max(1, fitting));
}
