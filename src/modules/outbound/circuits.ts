import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  type BulkheadPolicy,
  circuitBreaker,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { entriesAtMost } from '../../common/lru.js';
import { OutboundFailure, type OutboundFailureKind } from './outbound.js';

/** So many in a row, and the other side is left alone. */
export const FAILURES_IN_A_ROW = 5;
/** For so long; then one call is let through, and its outcome decides. */
export const LEFT_ALONE_MS = 30_000;
/** More than this many are forgotten, the longest unused first: a forgotten one begins as closed. */
const CIRCUITS_MAX = 10_000;
/** Calls at a time, and calls that wait for their turn, of one hub and purpose. */
export const CALLS_AT_A_TIME = 16;
export const CALLS_WAITING = 64;

/** What says that the other side is down; the rest is about the request, or an answer after all. */
const OUTAGES: readonly OutboundFailureKind[] = ['unresolved', 'unreachable', 'timeout', 'bad-answer'];

/** Leaves those alone that fail again and again. */
export class Circuits {
  private readonly breakers = new LRUCache<string, CircuitBreakerPolicy>(entriesAtMost(CIRCUITS_MAX));

  /** @throws OutboundFailure `circuit-open`, or what the call threw */
  async run<T>(key: string, call: () => Promise<T>): Promise<T> {
    try {
      return await this.breakerOf(key).execute(call);
    } catch (error) {
      if (error instanceof BrokenCircuitError) {
        throw new OutboundFailure('circuit-open', 'It failed too often lately and is left alone for a moment.');
      }
      throw error;
    }
  }

  private breakerOf(key: string): CircuitBreakerPolicy {
    const known = this.breakers.get(key);
    const breaker =
      known ??
      circuitBreaker(
        handleWhen((error) => error instanceof OutboundFailure && OUTAGES.includes(error.kind)),
        { halfOpenAfter: LEFT_ALONE_MS, breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW) },
      );
    this.breakers.set(key, breaker);
    return breaker;
  }
}

/** Bounds the calls under way, so that one hub's dead servers cannot hold all sockets. */
export class Turns {
  private readonly bulkheads = new Map<string, BulkheadPolicy>();

  /**
   * Once it is the call's turn. One that was given up meanwhile takes its turn too, for no time: the policy passes a
   * turn on only when it ends. @throws OutboundFailure `circuit-open` when too many wait, or what the call threw
   */
  async run<T>(key: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    const policy = this.bulkheads.get(key) ?? bulkhead(CALLS_AT_A_TIME, CALLS_WAITING);
    this.bulkheads.set(key, policy);
    try {
      return await policy.execute(() => (signal.aborted ? neverTried() : call()));
    } catch (error) {
      if (error instanceof BulkheadRejectedError) {
        throw new OutboundFailure('circuit-open', 'Too many calls of this hub are under way. Try again later.');
      }
      throw error;
    } finally {
      if (policy.executionSlots === CALLS_AT_A_TIME && policy.queueSlots === CALLS_WAITING) {
        this.bulkheads.delete(key);
      }
    }
  }
}

function neverTried(): Promise<never> {
  return Promise.reject(new OutboundFailure('timeout', 'The call was given up before it was its turn.'));
}
