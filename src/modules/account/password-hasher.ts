import { randomBytes } from 'node:crypto';
import { type Algorithm, hash, parseOptions, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { type HashLane, HashQueue } from './hash-queue.js';

/** argon2id; the package's enum exists only for its types. */
const ARGON2ID: Algorithm = 2;
/** What OWASP recommends at least; each hash records its own, so that these may grow. */
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Before normalisation, which can make a text longer: what is longer is no password of ours and is not hashed. */
const TEXT_MAX = 512;

/** Hashes passwords. Every answer takes as long as any other: where there is nothing to compare with, a stand-in is. */
@Injectable()
export class PasswordHasher {
  private readonly queue = new HashQueue();
  private readonly standIn = standInHash();

  /** In the PHC string format. @throws UnavailableError when too much of this is going on */
  hash(password: string, lane: HashLane = 'known'): Promise<string> {
    return this.queue.run(lane, () => hash(normalized(password), PARAMETERS));
  }

  /** @param stored null = there is nothing to compare with: as slow, and always false */
  verify(stored: string | null, password: string, lane: HashLane = 'known'): Promise<boolean> {
    const fits = password.length <= TEXT_MAX;
    const [hashed, text] = stored !== null && fits ? [stored, normalized(password)] : [this.standIn, ''];
    return this.queue.run(lane, () => verify(hashed, text));
  }

  /** Whether a stored hash was made with other parameters than today's. */
  isOutdated(stored: string): boolean {
    const { algorithm, memoryCost, timeCost, parallelism } = parseOptions(stored);
    const { memoryCost: m, timeCost: t, parallelism: p } = PARAMETERS;
    return algorithm !== ARGON2ID || memoryCost !== m || timeCost !== t || parallelism !== p;
  }
}

/** One password has one spelling, however the keyboard composed it. */
function normalized(password: string): string {
  return password.normalize('NFKC');
}

/** The hash of nothing that anybody could type. */
function standInHash(): string {
  const base64 = (length: number) => randomBytes(length).toString('base64').replaceAll('=', '');
  const { memoryCost, timeCost, parallelism } = PARAMETERS;
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${base64(16)}$${base64(32)}`;
}
