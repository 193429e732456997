import { nameKey } from './name-key.js';

/** A name that is unique where it stands, and the form of it that is compared. */
export interface Handle {
  readonly handle: string;
  readonly handleKey: string;
}

/** Longest handle and longest compared form: those of a name, and a number behind it. */
export const HANDLE_LENGTH_MAX = 216;
export const HANDLE_KEY_LENGTH_MAX = 416;

/** What a URL cannot name: a path is walked along these, written out or percent-encoded, before it is sent. */
const DOT_SEGMENTS: ReadonlySet<string> = new Set(['.', '..']);

/** Handles are compared like names: NFKC, without case. */
export function handleOf(name: string): Handle {
  return { handle: name.trim(), handleKey: nameKey(name) };
}

export function canBeAddressed({ handleKey }: Handle): boolean {
  return !DOT_SEGMENTS.has(handleKey);
}

/**
 * The name itself, or with a free number behind it: `name-2`, `name-3`, … Found by doubling and halving, so that the
 * thousandth of one name costs some twenty looks; where numbers were freed again it need not be the least.
 */
export async function freeHandle(name: string, isTaken: (handleKey: string) => Promise<boolean>): Promise<Handle> {
  const numbered = (number: number) => handleOf(number === 1 ? name : `${name.trim()}-${number}`);
  const isUsable = async (number: number): Promise<boolean> => {
    const handle = numbered(number);
    return canBeAddressed(handle) && !(await isTaken(handle.handleKey));
  };
  let [taken, free] = [0, 1];
  while (!(await isUsable(free))) {
    [taken, free] = [free, free * 2];
  }
  while (free - taken > 1) {
    const middle = Math.floor((taken + free) / 2);
    if (await isUsable(middle)) {
      free = middle;
    } else {
      taken = middle;
    }
  }
  return numbered(free);
}
