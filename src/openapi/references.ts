const REFERENCE = '#/components/schemas/';

/** The names of all schemas that a part of a document refers to. */
export function referencesIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) {
    return [];
  }
  return Object.entries(part).flatMap(([key, value]: [string, unknown]) =>
    key === '$ref' && typeof value === 'string' ? [value.replace(REFERENCE, '')] : referencesIn(value),
  );
}
