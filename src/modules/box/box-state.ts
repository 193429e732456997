import { type Box } from './box.entity.js';
import { type ShownBox } from './dto/box.response.js';

/** Silent for longer, a box that was online may be so no more. */
export const ONLINE_MILLISECONDS = 15 * 60_000;

/** What is known of the box now. */
export function shown(box: Box, now: number): ShownBox {
  const silentSince = (box.lastSeenAt ?? 0) + ONLINE_MILLISECONDS;
  if (box.state === 'online' && silentSince <= now) {
    return { box, state: 'unknown', stateAt: silentSince };
  }
  return { box, state: box.state, stateAt: box.stateAt };
}
