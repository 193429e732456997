import { join, resolve } from 'node:path';
import { AddressList } from '../common/ip/index.js';
import { InvalidEnvironmentError } from './environment.error.js';
import { type Environment, environmentProblems, type HubCreation, parseEnvironment, splitList } from './environment.js';
import { type MailSettings, mailSettings } from './mail.js';
import { type OutboundSettings, outboundSettings } from './outbound.js';
import { loadSecret, type MasterSecret, secretProblems, type SecretSettings } from './secret.js';

/** The settings of one process, validated and in the shapes that the code uses. Making one touches no file. */
export class Config {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly trustedProxies: AddressList;
  /** Whether those proxies say in X-Forwarded-Host which host was asked for. */
  readonly trustsForwardedHost: boolean;
  /** Without a slash at its end; empty = root. */
  readonly basePath: string;
  /** Without a slash at its end; absent = unknown. */
  readonly publicUrl: string | undefined;
  readonly accessTokenTtlSeconds: number;
  readonly sessionTtlSeconds: number;
  /** How long an SQL statement of an integrator may run. */
  readonly sqlTimeoutMilliseconds: number;
  /** Who may make hubs at the management door. */
  readonly hubCreation: HubCreation;
  readonly mail: MailSettings;
  readonly outbound: OutboundSettings;
  /** For each call of a box. */
  readonly boxTimeoutMilliseconds: number;
  /** Of a file of rows to import. */
  readonly importMaxBytes: number;
  readonly logLevel: Environment['LOG_LEVEL'];
  /** Where the secret comes from. */
  readonly secretSettings: SecretSettings;
  #secret: MasterSecret | undefined;

  constructor(environment: Environment) {
    this.host = environment.HOST;
    this.port = environment.PORT;
    this.dataDir = resolve(environment.HUBGATE_DATA_DIR);
    this.databaseUrl = databaseUrlOf(environment);
    this.trustedProxies = AddressList.parse(splitList(environment.TRUSTED_PROXIES));
    this.trustsForwardedHost = environment.TRUST_FORWARDED_HOST === 'true';
    this.basePath = environment.BASE_PATH.replace(/\/+$/, '');
    this.publicUrl = environment.PUBLIC_URL?.replace(/\/+$/, '');
    this.accessTokenTtlSeconds = environment.ACCESS_TOKEN_TTL_SECONDS;
    this.sessionTtlSeconds = environment.SESSION_TTL_SECONDS;
    this.sqlTimeoutMilliseconds = environment.SQL_TIMEOUT_MILLISECONDS;
    this.hubCreation = environment.HUB_CREATION;
    this.importMaxBytes = environment.IMPORT_MAX_BYTES;
    this.mail = mailSettings(environment);
    this.outbound = outboundSettings(environment);
    this.boxTimeoutMilliseconds = environment.BOX_TIMEOUT_MILLISECONDS;
    this.logLevel = environment.LOG_LEVEL;
    this.secretSettings = secretSettingsOf(environment);
  }

  /** The embedded database: SQLite in a file of this server. */
  get embedded(): boolean {
    return this.secretSettings.databaseFile !== null;
  }

  /** Read once, and with the embedded database made on first use. @throws InvalidEnvironmentError */
  get secret(): MasterSecret {
    this.#secret ??= loadSecret(this.secretSettings);
    return this.#secret;
  }

  /**
   * Where clients reach a server that listens on `port`, without a slash at its end: PUBLIC_URL if it is known. BASE_PATH
   * is added unless PUBLIC_URL brings a path of its own.
   */
  addressOf(port: number = this.port): string {
    const own = `http://${reachable(this.host)}:${port}`;
    const known = this.publicUrl ?? own;
    return new URL(known).pathname === '/' ? known + this.basePath : known;
  }
}

/** The whole configuration, the secret included. @throws InvalidEnvironmentError with everything that is wrong */
export function loadConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  const environment = parseEnvironment(variables);
  const problems = [...environmentProblems(environment), ...secretProblems(secretSettingsOf(environment))];
  if (problems.length > 0) {
    throw new InvalidEnvironmentError(problems);
  }
  const config = new Config(environment);
  void config.secret;
  return config;
}

function databaseUrlOf({ DATABASE_URL, HUBGATE_DATA_DIR }: Environment): string {
  return DATABASE_URL ?? `sqlite:${join(resolve(HUBGATE_DATA_DIR), 'hubgate.db')}`;
}

function secretSettingsOf(environment: Environment): SecretSettings {
  const { HUBGATE_SECRET, HUBGATE_SECRET_FILE } = environment;
  const url = databaseUrlOf(environment);
  const databaseFile = url.startsWith('sqlite:') ? url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '') : null;
  return { HUBGATE_SECRET, HUBGATE_SECRET_FILE, HUBGATE_DATA_DIR: resolve(environment.HUBGATE_DATA_DIR), databaseFile };
}

/** A host that a client on this machine can dial: "every address" is none. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') {
    return host === '::' ? '[::1]' : '127.0.0.1';
  }
  return host.includes(':') ? `[${host}]` : host;
}
