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
/** Of one hub and purpose: beyond it the longest unused is forgotten, and begins as closed. It is never another hub's. */
export const CIRCUITS_MAX = 200;
/** Hubs and purposes that are remembered. */
const OWNERS_MAX = 10_000;
/** Calls at a time, and calls that wait for their turn, of one hub and purpose. */
export const CALLS_AT_A_TIME = 16;
export const CALLS_WAITING = 64;

/** What says that the other side is down; the rest is about the request, or an answer after all. */
const OUTAGES: readonly OutboundFailureKind[] = ['unresolved', 'unreachable', 'timeout', 'bad-answer'];

/** Leaves those alone that fail again and again. */
export class Circuits {
  private readonly owners = new LRUCache<string, LRUCache<string, CircuitBreakerPolicy>>(entriesAtMost(OWNERS_MAX));

  /**
   * @param owner the hub and purpose, whose circuits are bounded together
   * @throws OutboundFailure `circuit-open`, or what the call threw
   */
  async run<T>(owner: string, circuit: string, call: () => Promise<T>): Promise<T> {
    try {
      return await this.breakerOf(owner, circuit).execute(call);
    } catch (error) {
      if (error instanceof BrokenCircuitError) {
        throw new OutboundFailure('circuit-open', 'It failed too often lately and is left alone for a moment.');
      }
      throw error;
    }
  }

  private breakerOf(owner: string, circuit: string): CircuitBreakerPolicy {
    const known = this.owners.get(owner);
    const breakers = known ?? new LRUCache<string, CircuitBreakerPolicy>(entriesAtMost(CIRCUITS_MAX));
    const breaker = breakers.get(circuit) ?? newBreaker();
    if (!known) {
      this.owners.set(owner, breakers);
    }
    breakers.set(circuit, breaker);
    return breaker;
  }
}

function newBreaker(): CircuitBreakerPolicy {
  return circuitBreaker(
    handleWhen((error) => error instanceof OutboundFailure && OUTAGES.includes(error.kind)),
    { halfOpenAfter: LEFT_ALONE_MS, breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW) },
  );
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
