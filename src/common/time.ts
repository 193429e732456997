const TIME =
  /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/;
/** What RFC 3339 can write, whatever the offset. */
const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Whether this is a moment of RFC 3339 with its offset, on a day that there is. */
export function isTime(value: unknown): value is string {
  const day = typeof value === 'string' ? TIME.exec(value)?.[1] : undefined;
  return day !== undefined && isDay(day) && Date.parse(value as string) <= LAST_TIME;
}

/** The parser takes 30 February for 2 March. */
function isDay(day: string): boolean {
  const time = Date.parse(day);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
