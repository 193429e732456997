const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const FIRST_PAUSE_MS = 10 * SECOND_MS;
const LONGEST_PAUSE_MS = 6 * HOUR_MS;
const JITTER = 0.2;

/** How long a message is tried. */
export const GIVE_UP_AFTER_MS = 72 * HOUR_MS;

/**
 * How long to wait after so many failed attempts (1 or more): 10 s, doubled each time up to six hours, each a fifth
 * longer or shorter, so that what failed together does not come back together.
 */
export function backOffMs(attempts: number, random: () => number = Math.random): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
  return Math.round(pause * (1 - JITTER + 2 * JITTER * random()));
}
