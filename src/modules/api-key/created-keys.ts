import { type ApiKey } from './api-key.entity.js';

/** What is to become of the keys that an ended key made. */
export const CREATED_FATES = ['keep', 'revoke'] as const;
export type CreatedFate = (typeof CREATED_FATES)[number];

/** Ids of all that something made, and of what those made in turn: the nearest first, each once, itself never. */
export function descendantsOf(id: string, all: readonly Pick<ApiKey, 'id' | 'creatorId'>[]): string[] {
  const children = new Map<string, string[]>();
  for (const { id: child, creatorId } of all) {
    const siblings = children.get(creatorId);
    if (siblings) {
      siblings.push(child);
    } else {
      children.set(creatorId, [child]);
    }
  }
  const found = new Set([id]);
  // A set goes on to what is added while one walks it, so this reaches every generation and ends on a circle.
  for (const parent of found) {
    for (const child of children.get(parent) ?? []) {
      found.add(child);
    }
  }
  found.delete(id);
  return [...found];
}
