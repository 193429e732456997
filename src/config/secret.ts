import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { InvalidEnvironmentError } from './environment.error.js';

const SECRET_FILE = 'hubgate.secret';
const LENGTH_MIN = 32;
const MAKE_ONE = `make one with: node -p "crypto.randomBytes(48).toString('base64')"`;

/** The settings that decide where the secret comes from. */
export interface SecretSettings {
  readonly HUBGATE_SECRET?: string | undefined;
  readonly HUBGATE_SECRET_FILE?: string | undefined;
  readonly HUBGATE_DATA_DIR: string;
  /** The file of the embedded database; null with a database server. */
  readonly databaseFile: string | null;
}

/** The root of everything kept encrypted. It never leaves this object: only keys derived for one purpose each do. */
export class MasterSecret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** A 32-byte key for one purpose (HKDF-SHA-256, RFC 5869); another purpose gives an unrelated key. */
  deriveKey(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#text, 'hubgate', purpose, 32));
  }

  /** Proof, stored in the database, that a node's secret is the one the database was made with. */
  checkValue(installationId: string): Buffer {
    return createHmac('sha256', this.deriveKey('installation-check')).update(installationId).digest();
  }
}

/** The file that holds, or will hold, the secret; null when it comes from the environment or from nowhere. */
export function secretFileOf(settings: SecretSettings): string | null {
  if (settings.HUBGATE_SECRET) {
    return null;
  }
  const own = settings.databaseFile === null ? null : join(settings.HUBGATE_DATA_DIR, SECRET_FILE);
  return settings.HUBGATE_SECRET_FILE ?? own;
}

/** Everything that keeps the secret from being used, in words. Makes nothing, so that it can be asked at any time. */
export function secretProblems(settings: SecretSettings): string[] {
  const { HUBGATE_SECRET, HUBGATE_SECRET_FILE, databaseFile } = settings;
  if (HUBGATE_SECRET && HUBGATE_SECRET_FILE) {
    return ['HUBGATE_SECRET and HUBGATE_SECRET_FILE are both set; keep one'];
  }
  if (HUBGATE_SECRET) {
    return lengthProblems('HUBGATE_SECRET', HUBGATE_SECRET);
  }
  const path = secretFileOf(settings);
  if (path === null) {
    const why = 'is required with a database server; every node needs the same one';
    return [`HUBGATE_SECRET or HUBGATE_SECRET_FILE ${why}; ${MAKE_ONE}`];
  }
  // In this order: a first start beside this one makes the secret before the database.
  const databaseExists = sizeOf(databaseFile) > 0;
  if (!HUBGATE_SECRET_FILE && !statOf(path)) {
    return databaseExists ? [`the database exists, but its secret file ${path} is missing; restore it`] : [];
  }
  return fileProblems(path);
}

/**
 * The secret from the environment, a file, or (embedded database only) a file made on first start with mode 0600.
 * @throws InvalidEnvironmentError when it is required and absent, too short, or readable by others
 */
export function loadSecret(settings: SecretSettings): MasterSecret {
  assertNone(secretProblems(settings));
  const path = secretFileOf(settings);
  if (path === null) {
    return new MasterSecret(settings.HUBGATE_SECRET ?? '');
  }
  if (!statOf(path)) {
    makeSecret(settings.HUBGATE_DATA_DIR, path);
    assertNone(fileProblems(path));
  }
  return new MasterSecret(readFileSync(path, 'utf8').trim());
}

/** Made whole beside its place and then put there: of two first starts at once, one wins and both read the same. */
function makeSecret(folder: string, path: string): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    publish(draft, path);
    rmSync(draft, { force: true });
  } catch (error) {
    throw new InvalidEnvironmentError([`HUBGATE_DATA_DIR: ${folder} cannot be written: ${messageOf(error)}`]);
  }
}

/** Some file systems have no hard links; there, a copy that must not exist yet does. The first who is there wins. */
function publish(draft: string, path: string): void {
  if (!placed(() => linkSync(draft, path)) && !placed(() => copyFileSync(draft, path, constants.COPYFILE_EXCL))) {
    throw new Error(`${path} could not be made`);
  }
}

function placed(place: () => void): boolean {
  try {
    place();
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST';
  }
}

function fileProblems(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    return [`the secret file ${path} cannot be read: ${messageOf(error)}`];
  }
  const openToOthers = process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;
  const mode = openToOthers ? [`the secret file ${path} is readable by others; run: chmod 600 ${path}`] : [];
  return [...mode, ...lengthProblems(`the secret in ${path}`, text)];
}

function lengthProblems(what: string, text: string): string[] {
  const tooShort = `${what} must be at least ${LENGTH_MIN} characters; ${MAKE_ONE}`;
  return text.length < LENGTH_MIN ? [tooShort] : [];
}

/** Undefined also when a folder on the way is none: whoever then makes the file says so. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function sizeOf(path: string | null): number {
  return (path === null ? undefined : statOf(path))?.size ?? 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function assertNone(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new InvalidEnvironmentError(problems);
  }
}
