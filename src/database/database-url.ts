export type DatabaseKind = 'sqlite' | 'mysql' | 'mariadb';
export type ServerKind = Exclude<DatabaseKind, 'sqlite'>;
export type SslMode = 'off' | 'require' | 'verify-ca';

export interface SqliteTarget {
  kind: 'sqlite';
  file: string;
}

export interface ServerTarget {
  kind: ServerKind;
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  ssl: SslMode;
}

export type DatabaseTarget = SqliteTarget | ServerTarget;

const FORMS = 'sqlite:PATH, mysql://user:password@host:3306/name or mariadb://user:password@host:3306/name';
const DEFAULT_URL = 'sqlite:data/hubgate.db';

// The user part is greedy, so that a raw `@`, `/`, `#`, `?` or `;` in a password is still part of the password.
const SERVER_URL = /^\w+:\/\/(?:(.*)@)?(\[[^\]]+\]|[^:/?#@[\]]+)(?::(\d+))?\/([^/?#]+)(?:\?(.*))?$/s;

/** Reads a database URL; pure. Throws an Error that says what would be right and never repeats the password. */
export function parseDatabaseUrl(url: string): DatabaseTarget {
  const kind = kindOf(url);
  return kind === 'sqlite' ? parseSqlite(url) : parseServer(kind, url);
}

/** The kind that `DATABASE_URL` names. Column types depend on it, and entities load before anything is configured. */
export function databaseKindFromEnvironment(): DatabaseKind {
  return kindOf(process.env['DATABASE_URL'] || DEFAULT_URL);
}

/** A target in words for logs and messages; without credentials. */
export function describeTarget(target: DatabaseTarget): string {
  return target.kind === 'sqlite'
    ? `SQLite file ${target.file}`
    : `${target.kind}://${target.host}:${target.port}/${target.database}`;
}

function kindOf(url: string): DatabaseKind {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'sqlite' || scheme === 'mysql' || scheme === 'mariadb') {
    return scheme;
  }
  throw new Error(`The database URL must be ${FORMS}${scheme ? `; "${scheme}:" is not known` : ''}.`);
}

function parseSqlite(url: string): SqliteTarget {
  const file = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
  if (file === '' || file.startsWith('//')) {
    throw new Error('A SQLite URL is sqlite:PATH, e.g. sqlite:data/hubgate.db or sqlite:/var/lib/hubgate/hub.db.');
  }
  if (file.includes(':memory:')) {
    throw new Error('An in-memory SQLite database has only one connection and cannot be used; name a file.');
  }
  return { kind: 'sqlite', file };
}

function parseServer(kind: ServerKind, url: string): ServerTarget {
  const match = SERVER_URL.exec(url);
  const host = match?.[2];
  const database = match?.[4];
  if (!match || !host || !database) {
    throw new Error(`The database URL must be ${kind}://user:password@host:3306/name.`);
  }
  const [user, password] = credentials(match[1] ?? '');
  return {
    kind,
    host: host.replace(/^\[|\]$/g, ''),
    port: portOf(match[3]),
    user,
    password,
    database: decode(database, 'database name'),
    ssl: sslOf(match[5]),
  };
}

function credentials(userInfo: string): [string, string] {
  const colon = userInfo.indexOf(':');
  const user = colon < 0 ? userInfo : userInfo.slice(0, colon);
  const password = colon < 0 ? '' : userInfo.slice(colon + 1);
  if (user === '') {
    throw new Error('The database URL names no user: write mysql://user:password@host:3306/name.');
  }
  return [decode(user, 'user'), decode(password, 'password')];
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`The ${part} in the database URL is not percent-encoded: write % as %25.`);
  }
}

function portOf(text: string | undefined): number {
  const port = text === undefined ? 3306 : Number(text);
  if (port < 1 || port > 65_535) {
    throw new Error('The port in the database URL must be between 1 and 65535.');
  }
  return port;
}

function sslOf(query: string | undefined): SslMode {
  const options = new URLSearchParams(query ?? '');
  const mode = options.get('ssl') ?? 'off';
  const unknown = [...options.keys()].find((name) => name !== 'ssl');
  if (unknown !== undefined) {
    throw new Error(`The option "${unknown}" in the database URL is not known; the only option is ssl.`);
  }
  if (mode !== 'off' && mode !== 'require' && mode !== 'verify-ca') {
    throw new Error('The option ssl in the database URL must be off, require or verify-ca.');
  }
  return mode;
}
