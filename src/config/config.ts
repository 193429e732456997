import { join, resolve } from 'node:path';
import { AddressList } from '../common/ip/index.js';
import { type Environment, readEnvironment, splitList } from './environment.js';
import { loadSecret, MasterSecret } from './secret.js';

/** The settings of one process, validated and in the shapes that the code uses. */
export class Config {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly trustedProxies: AddressList;
  /** Without a slash at its end; empty = root. */
  readonly basePath: string;
  /** Without a slash at its end; absent = unknown. */
  readonly publicUrl: string | undefined;
  readonly accessTokenTtlSeconds: number;
  readonly logLevel: Environment['LOG_LEVEL'];
  readonly secret: MasterSecret;

  constructor(environment: Environment) {
    this.host = environment.HOST;
    this.port = environment.PORT;
    this.dataDir = resolve(environment.HUBGATE_DATA_DIR);
    this.databaseUrl = environment.DATABASE_URL ?? `sqlite:${join(this.dataDir, 'hubgate.db')}`;
    this.trustedProxies = AddressList.parse(splitList(environment.TRUSTED_PROXIES));
    this.basePath = environment.BASE_PATH.replace(/\/+$/, '');
    this.publicUrl = environment.PUBLIC_URL?.replace(/\/+$/, '');
    this.accessTokenTtlSeconds = environment.ACCESS_TOKEN_TTL_SECONDS;
    this.logLevel = environment.LOG_LEVEL;
    this.secret = loadSecret(environment, this.embedded);
  }

  /** The embedded database: SQLite in a file of this server. */
  get embedded(): boolean {
    return this.databaseUrl.startsWith('sqlite:');
  }
}

/** @throws InvalidEnvironmentError with everything that is wrong */
export function loadConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  return new Config(readEnvironment(variables));
}
