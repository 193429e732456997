/**
 * A number as it may be bound. The driver binds a fraction that lies less than 2 ** -52 above a whole number as that
 * number, so that 1e-20 would be 0. Such a number is bound as its text: SQLite makes the same double of it, in columns
 * of numbers, beside them and in arithmetic.
 */
export function bindableNumber(value: number): number | string {
  const whole = Math.floor(value);
  return value !== whole && Math.abs(value - whole) < Number.EPSILON ? String(value) : value;
}
