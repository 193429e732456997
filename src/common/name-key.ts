/** The longest name of a thing, and the longest form of it that is compared: folding can make a name longer. */
export const NAME_LENGTH_MAX = 200;
export const NAME_KEY_LENGTH_MAX = 400;

/**
 * The form in which names are compared without case: NFKC, trimmed, folded by us, because the collations of the
 * databases differ. Upper then lower case approximates Unicode case folding (ß and ẞ and SS meet).
 */
export function nameKey(name: string): string {
  return name.normalize('NFKC').trim().toUpperCase().toLowerCase().normalize('NFKC');
}

/** Whether a text can name something: it fits, also in the form that is compared, and not all of it is blank. */
export function isName(name: string): boolean {
  const key = nameKey(name);
  return name.length <= NAME_LENGTH_MAX && key !== '' && key.length <= NAME_KEY_LENGTH_MAX;
}
