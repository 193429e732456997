/** Whether what was told holds all that was written. It may say more: defaults that nobody wrote, ids that were given. */
export function tells(told: unknown, written: unknown): boolean {
  if (Array.isArray(written)) {
    return (
      Array.isArray(told) && told.length === written.length && written.every((one, index) => tells(told[index], one))
    );
  }
  if (typeof written === 'object' && written !== null) {
    const fields = (told ?? {}) as Readonly<Record<string, unknown>>;
    return typeof told === 'object' && Object.entries(written).every(([name, value]) => tells(fields[name], value));
  }
  return Object.is(told, written);
}
