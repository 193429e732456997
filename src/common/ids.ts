import { randomBytes } from 'node:crypto';

/** 24 lowercase hex characters, as the management contract's `objectid`. */
export const ID_PATTERN = /^[0-9a-f]{24}$/;

let lastMilliseconds = 0;
let sequence = 0n;

/**
 * A new id: 48 bits of milliseconds, then 48 bits that start at random in each millisecond and count up within it,
 * so that ids of one process sort in the order of their making.
 */
export function newId(now: number = Date.now()): string {
  if (now > lastMilliseconds) {
    lastMilliseconds = now;
    sequence = BigInt(`0x${randomBytes(6).toString('hex')}`) >> 1n;
  } else {
    sequence += 1n;
  }
  return lastMilliseconds.toString(16).padStart(12, '0') + sequence.toString(16).padStart(12, '0');
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID_PATTERN.test(value);
}
