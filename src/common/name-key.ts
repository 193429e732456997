/**
 * The form in which names are compared without case: NFKC, trimmed, folded by us, because the collations of the
 * databases differ. Upper then lower case approximates Unicode case folding (ß and ẞ and SS meet).
 */
export function nameKey(name: string): string {
  return name.normalize('NFKC').trim().toUpperCase().toLowerCase().normalize('NFKC');
}
