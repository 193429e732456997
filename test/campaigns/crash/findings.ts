export const CATEGORIES = {
  lost: 'an acknowledged write is not there as it was acknowledged',
  half: 'a change is there in part',
  activity: 'a change without its activity row, or a row without its change',
  unexplained: 'something is there that nobody sent',
  reused: 'an id was given twice',
  refused: 'a request was refused that should have been answered',
  revived: 'a revoked credential was accepted, or one that lives was not',
  answered: 'the API tells something else than the tables',
  slow: 'the server was not ready again in time',
  damaged: 'the database finds fault with itself',
} as const;

export type Category = keyof typeof CATEGORIES;

export interface Finding {
  readonly category: Category;
  readonly detail: string;
}

/** Every finding once, however often it is seen again. */
export class Findings {
  readonly #found = new Map<string, Finding>();

  add(...findings: readonly Finding[]): void {
    findings.forEach((finding) => this.#found.set(`${finding.category} ${finding.detail}`, finding));
  }

  get all(): readonly Finding[] {
    return [...this.#found.values()];
  }

  count(...categories: readonly Category[]): number {
    return this.all.filter(({ category }) => categories.includes(category)).length;
  }
}
