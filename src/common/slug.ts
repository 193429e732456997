const LENGTH_MAX = 100;

/** An identifier made from a name ("My Container" → `my-container`); `unnamed` when nothing of it can be kept. */
export function slug(name: string): string {
  const kept = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LENGTH_MAX)
    .replaceAll(/^-+|-+$/g, '');
  return kept === '' ? 'unnamed' : kept;
}
