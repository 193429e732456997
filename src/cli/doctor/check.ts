/** One thing that was looked at: what it is like, and what to do about it. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** What mends it; null when nothing is to be done. */
  readonly remedy: string | null;
}

export function ok(name: string, found: string): Check {
  return { name, status: 'ok', found, remedy: null };
}

export function warn(name: string, found: string, remedy: string): Check {
  return { name, status: 'warn', found, remedy };
}

export function fail(name: string, found: string, remedy: string): Check {
  return { name, status: 'fail', found, remedy };
}

/** Runs one check; whatever it throws is what it found. */
export async function checked(name: string, remedy: string, look: () => Promise<Check>): Promise<Check> {
  try {
    return await look();
  } catch (error) {
    return fail(name, error instanceof Error ? error.message : String(error), remedy);
  }
}
