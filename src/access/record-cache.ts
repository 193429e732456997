import { LRUCache } from 'lru-cache';
import { type Clock } from '../common/clock.js';
import { entriesAtMost } from '../common/lru.js';
import { type Dependency, dependencyKey } from './dependency.js';

const RECORDS_MAX = 100_000;
const UNKNOWN_MAX = 50_000;
const RECORD_TTL_MS = 60_000;
const UNKNOWN_TTL_MS = 10_000;

/**
 * Records by look-up key (a secret's digest, or its id). A fill that began before an invalidation is never stored and
 * never shared with a request that began after it: the generation tells. Whether a cached record may be *used* is not
 * decided here but by the lease of the change feed.
 */
export class RecordCache<R extends object> {
  private readonly records: LRUCache<string, R>;
  private readonly unknown: LRUCache<string, true>;
  private readonly dependents = new Map<string, Set<string>>();
  private fills = new Map<string, Promise<R | null>>();
  private generation = 0;

  /** @param dependenciesOf the keys of everything that a record was made of */
  constructor(
    clock: Clock,
    private readonly dependenciesOf: (record: R) => string[],
  ) {
    const perf = { now: () => clock.monotonic() };
    // The clock is read on every look: to remember it for a millisecond takes a timer, which costs more.
    const ttlResolution = 0;
    this.records = new LRUCache({
      ...entriesAtMost(RECORDS_MAX),
      ttl: RECORD_TTL_MS,
      ttlResolution,
      perf,
      dispose: (record, lookup) => this.unlink(lookup, record),
    });
    this.unknown = new LRUCache({ ...entriesAtMost(UNKNOWN_MAX), ttl: UNKNOWN_TTL_MS, ttlResolution, perf });
  }

  get size(): number {
    return this.records.size;
  }

  find(lookup: string): R | undefined {
    return this.records.get(lookup);
  }

  isKnownUnknown(lookup: string): boolean {
    return this.unknown.has(lookup);
  }

  /** Runs one look-up for all who miss the same key in this generation, and keeps what it found. */
  fill(lookup: string, load: () => Promise<R | null>): Promise<R | null> {
    const running = this.fills.get(lookup);
    if (running) {
      return running;
    }
    const fills = this.fills;
    const fill = this.load(lookup, load).finally(() => fills.delete(lookup));
    fills.set(lookup, fill);
    return fill;
  }

  /** Drops every record that depends on one of these, and disowns the fills under way. */
  invalidate(dependencies: readonly Dependency[]): void {
    this.nextGeneration();
    for (const dependency of dependencies) {
      for (const lookup of this.dependents.get(dependencyKey(dependency)) ?? []) {
        this.records.delete(lookup);
      }
    }
  }

  clear(): void {
    this.nextGeneration();
    this.records.clear();
    this.unknown.clear();
  }

  private nextGeneration(): void {
    this.generation += 1;
    this.fills = new Map();
  }

  private async load(lookup: string, load: () => Promise<R | null>): Promise<R | null> {
    const generation = this.generation;
    const record = await load();
    if (generation !== this.generation) {
      return record;
    }
    if (record) {
      this.records.set(lookup, record);
      this.link(lookup, record);
    } else {
      this.unknown.set(lookup, true);
    }
    return record;
  }

  private link(lookup: string, record: R): void {
    for (const key of this.dependenciesOf(record)) {
      const lookups = this.dependents.get(key) ?? new Set();
      this.dependents.set(key, lookups.add(lookup));
    }
  }

  private unlink(lookup: string, record: R): void {
    for (const key of this.dependenciesOf(record)) {
      const lookups = this.dependents.get(key);
      lookups?.delete(lookup);
      if (lookups?.size === 0) {
        this.dependents.delete(key);
      }
    }
  }
}
