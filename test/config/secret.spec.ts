import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Config, InvalidEnvironmentError, loadConfig, MasterSecret, readEnvironment } from '../../src/config/index.js';

const LONG = 'x'.repeat(40);
/** Windows has access lists instead. */
const describeModes = process.platform === 'win32' ? describe.skip : describe;
let folder: string;
let dataDir: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubgate-secret-'));
  dataDir = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function secretFile(content: string, mode: number): string {
  const path = join(folder, 'given.secret');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const load = (variables: NodeJS.ProcessEnv = {}) => loadConfig({ HUBGATE_DATA_DIR: dataDir, ...variables }).secret;
const keyOf = (secret: MasterSecret) => secret.deriveKey('test').toString('hex');

describe('the secret of the embedded database', () => {
  it('is made once, and nothing else stays behind', () => {
    const first = load();

    expect(readdirSync(dataDir)).toEqual(['hubgate.secret']);
    expect(keyOf(load())).toBe(keyOf(first));
  });

  it('differs between installations and is long', () => {
    load();
    const made = readFileSync(join(dataDir, 'hubgate.secret'), 'utf8').trim();

    expect(made.length).toBeGreaterThanOrEqual(64);
    expect(keyOf(load({ HUBGATE_DATA_DIR: join(folder, 'other') }))).not.toBe(keyOf(load()));
  });

  it('is not made before anything asks for it', () => {
    const config = new Config(readEnvironment({ HUBGATE_DATA_DIR: dataDir }));

    expect(config.embedded).toBe(true);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('is not made when something else in the configuration is wrong', () => {
    expect(() => load({ PORT: 'x' })).toThrow(InvalidEnvironmentError);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('is not made anew for a database that exists: a new one could read nothing', () => {
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'hubgate.db'), 'rows');

    expect(() => load()).toThrow(/secret file .* is missing; restore it/);
    expect(existsSync(join(dataDir, 'hubgate.secret'))).toBe(false);
  });

  it('is refused in one line when the folder cannot be made', () => {
    writeFileSync(join(folder, 'file'), '');

    expect(() => load({ HUBGATE_DATA_DIR: join(folder, 'file', 'data') })).toThrow(
      /HUBGATE_DATA_DIR: .* cannot be written/,
    );
  });
});

describe('a secret that is given', () => {
  const server = { DATABASE_URL: 'mysql://u@127.0.0.1/x' };

  it('comes from the variable or from the file, the same', () => {
    expect(keyOf(load({ HUBGATE_SECRET_FILE: secretFile(`${LONG}\n`, 0o600) }))).toBe(
      keyOf(load({ HUBGATE_SECRET: LONG })),
    );
    expect(existsSync(dataDir)).toBe(false);
  });

  it('is required with a database server', () => {
    expect(() => load(server)).toThrow(/HUBGATE_SECRET or HUBGATE_SECRET_FILE is required with a database server/);
    expect(keyOf(load({ ...server, HUBGATE_SECRET: LONG }))).toHaveLength(64);
  });

  it('is refused twice over', () => {
    const both = { HUBGATE_SECRET: LONG, HUBGATE_SECRET_FILE: secretFile(LONG, 0o600) };

    expect(() => load(both)).toThrow(/both set/);
  });

  it('is refused when too short', () => {
    expect(() => load({ HUBGATE_SECRET: 'x'.repeat(31) })).toThrow(/at least 32 characters/);
    expect(() => load({ HUBGATE_SECRET_FILE: secretFile('x'.repeat(31), 0o600) })).toThrow(/at least 32 characters/);
  });

  it('is refused when its file is not there', () => {
    expect(() => load({ HUBGATE_SECRET_FILE: join(folder, 'nowhere') })).toThrow(/cannot be read/);
  });
});

describeModes('the mode of the secret file', () => {
  it('is for its owner only, and so is the folder', () => {
    load();

    expect(statSync(join(dataDir, 'hubgate.secret')).mode & 0o777).toBe(0o600);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  });

  it.each([0o644, 0o640, 0o604])('is refused when its file has mode %o', (mode) => {
    expect(() => load({ HUBGATE_SECRET_FILE: secretFile(LONG, mode) })).toThrow(/readable by others; run: chmod 600/);
  });

  it('is taken from a file that its owner may only read', () => {
    expect(keyOf(load({ HUBGATE_SECRET_FILE: secretFile(LONG, 0o400) }))).toHaveLength(64);
  });
});

describe('what is derived from the secret', () => {
  it('is an unrelated key of 32 bytes per purpose and per secret, always the same', () => {
    const [one, other] = [new MasterSecret(LONG), new MasterSecret('y'.repeat(40))];
    const keys = [one.deriveKey('a'), one.deriveKey('b'), other.deriveKey('a'), one.checkValue('a')];

    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(4);
    expect(keys.map((key) => key.length)).toEqual([32, 32, 32, 32]);
    expect(one.deriveKey('a')).toEqual(new MasterSecret(LONG).deriveKey('a'));
  });

  it('never shows the secret itself', () => {
    const secret = new MasterSecret(LONG);

    expect(JSON.stringify({ secret })).not.toContain(LONG);
    expect(String(Object.values(secret))).toBe('');
  });
});
