import { describe, expect, it } from 'vitest';
import { databaseKindFromEnvironment, describeTarget, parseDatabaseUrl } from '../../src/database/database-url.js';
import { assertVersion } from '../../src/database/server-probe.js';

describe('parseDatabaseUrl', () => {
  it.each([
    ['sqlite:data/hub.db', 'data/hub.db'],
    ['sqlite:/var/lib/hub.db', '/var/lib/hub.db'],
    ['sqlite:///var/lib/hub.db', '/var/lib/hub.db'],
    [String.raw`sqlite:C:\hubgate\hub.db`, String.raw`C:\hubgate\hub.db`],
  ])('reads %s', (url, file) => {
    expect(parseDatabaseUrl(url)).toEqual({ kind: 'sqlite', file });
  });

  it('reads a server URL with percent-encoded credentials', () => {
    expect(parseDatabaseUrl('mysql://u%40x:p%3A%2F%25w@db.example:3307/hub?ssl=verify-ca')).toEqual({
      kind: 'mysql',
      host: 'db.example',
      port: 3307,
      user: 'u@x',
      password: 'p:/%w',
      database: 'hub',
      ssl: 'verify-ca',
    });
  });

  it.each([';', '@', '/', '#', '?', ':', '&', '=', '[', '"', "'", 'ä'])('takes %s in a password as it is', (odd) => {
    expect(parseDatabaseUrl(`mariadb://u:a${odd}b@[::1]/hub`)).toMatchObject({
      kind: 'mariadb',
      host: '::1',
      port: 3306,
      password: `a${odd}b`,
    });
  });

  it.each([
    ['', 'must be sqlite:PATH'],
    ['postgres://u:p@h/d', '"postgres:" is not known'],
    ['sqlite:', 'sqlite:PATH'],
    ['sqlite::memory:', 'only one connection'],
    ['mysql://u:p@h', 'mysql://user:password@host:3306/name'],
    ['mysql://h/d', 'names no user'],
    ['mysql://u:50%@h/d', 'write % as %25'],
    ['mysql://u:p@h:99999/d', 'between 1 and 65535'],
    ['mysql://u:p@h/d?ssl=maybe', 'off, require or verify-ca'],
    ['mysql://u:p@h/d?charset=latin1', 'the only option is ssl'],
  ])('refuses %j and says what is right', (url, message) => {
    expect(() => parseDatabaseUrl(url)).toThrow(message);
  });

  it('never repeats a password', () => {
    expect(() => parseDatabaseUrl('mysql://u:geheim%@h/d')).toThrow(/^(?!.*geheim)/);
    expect(describeTarget(parseDatabaseUrl('mysql://u:geheim@h/d'))).toBe('mysql://h:3306/d');
  });
});

describe('databaseKindFromEnvironment', () => {
  it('is sqlite unless DATABASE_URL says otherwise', () => {
    const before = process.env['DATABASE_URL'];
    delete process.env['DATABASE_URL'];
    expect(databaseKindFromEnvironment()).toBe('sqlite');
    process.env['DATABASE_URL'] = 'mariadb://u@h/d';
    expect(databaseKindFromEnvironment()).toBe('mariadb');
    process.env['DATABASE_URL'] = before ?? '';
  });
});

describe('assertVersion', () => {
  it.each([
    ['mysql', '8.0.11'],
    ['mysql', '9.7.4'],
    ['mariadb', '10.6.1-MariaDB'],
    ['mariadb', '5.5.5-11.4.2-MariaDB-log'],
  ] as const)('accepts %s %s', (kind, version) => {
    expect(() => assertVersion(kind, version)).not.toThrow();
  });

  it.each([
    ['mysql', '5.7.44', 'MySQL 5.7.44 is too old: Hubgate needs 8.0 or later.'],
    ['mariadb', '10.5.29-MariaDB', 'needs 10.6 or later'],
    ['mysql', '10.11.19-MariaDB', 'write mariadb://… instead of mysql://…'],
    ['mariadb', '8.4.0', 'write mysql://… instead of mariadb://…'],
  ] as const)('refuses %s %s', (kind, version, message) => {
    expect(() => assertVersion(kind, version)).toThrow(message);
  });
});
