import { PreconditionFailedError } from './errors/index.js';

/** A thing whose every edit moves its revision; what the server notes by itself (a last use) does not. */
export interface Revised {
  readonly id: string;
  readonly revision: number;
}

/** The strong validator of one state of one thing (RFC 9110 §8.8.3), quotes included; opaque to clients. */
export function entityTag({ id, revision }: Revised): string {
  return `"${id}-${revision}"`;
}

/** What the caller saw and builds on; whoever changes a thing asks about it on the row that the change itself read. */
export class Precondition {
  /** Whatever state the thing is in. */
  static readonly NONE = new Precondition(null);

  private constructor(private readonly tags: readonly string[] | null) {}

  /** One of these states. Weak tags are none of ours, so they never hold. */
  static oneOf(tags: readonly string[]): Precondition {
    return new Precondition(tags);
  }

  /**
   * Ask only about a thing that the caller may change, so that a refusal tells nothing that a read would not.
   * @throws RevisionMismatchError
   */
  assertHolds(thing: Revised): void {
    const current = entityTag(thing);
    if (this.tags && !this.tags.includes(current)) {
      throw new RevisionMismatchError(current);
    }
  }
}

/** Somebody changed it since the caller read it: nothing was done, so that no change is lost. */
export class RevisionMismatchError extends PreconditionFailedError {
  constructor(current: string) {
    super(
      'If-Match names another state than the present one: this was changed since you read it. ' +
        'Read it again, and send its ETag with your change.',
      { source: '/header/If-Match', extra: { etag: current }, headers: { ETag: current } },
      '412.revision-mismatch',
    );
  }
}
