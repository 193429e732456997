import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidEnvironmentError, type Environment } from './environment.js';

const SECRET_FILE = 'hubgate.secret';
const LENGTH_MIN = 32;

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

/**
 * The secret from the environment, a file, or (embedded database only) a file made on first start with mode 0600.
 * @throws InvalidEnvironmentError when it is required and absent, too short, or readable by others
 */
export function loadSecret(environment: Environment, embedded: boolean): MasterSecret {
  const { HUBGATE_SECRET, HUBGATE_SECRET_FILE, HUBGATE_DATA_DIR } = environment;
  if (HUBGATE_SECRET) {
    return new MasterSecret(HUBGATE_SECRET);
  }
  if (HUBGATE_SECRET_FILE) {
    return readSecret(HUBGATE_SECRET_FILE);
  }
  if (!embedded) {
    const detail =
      'HUBGATE_SECRET or HUBGATE_SECRET_FILE is required with a database server; every node needs the same one';
    throw new InvalidEnvironmentError([detail]);
  }
  const path = join(HUBGATE_DATA_DIR, SECRET_FILE);
  makeSecret(HUBGATE_DATA_DIR, path);
  return readSecret(path);
}

/** Made whole beside its place and then linked in: of two first starts at once, one wins and both read the same. */
function makeSecret(folder: string, path: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (statSync(path, { throwIfNoEntry: false })) {
    return;
  }
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function readSecret(path: string): MasterSecret {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new InvalidEnvironmentError([`the secret file ${path} cannot be read: ${(error as Error).message}`]);
  }
  const openToOthers = process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;
  if (openToOthers) {
    throw new InvalidEnvironmentError([`the secret file ${path} is readable by others; run: chmod 600 ${path}`]);
  }
  if (text.length < LENGTH_MIN) {
    throw new InvalidEnvironmentError([`the secret in ${path} is shorter than ${LENGTH_MIN} characters`]);
  }
  return new MasterSecret(text);
}
