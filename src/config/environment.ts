import { plainToInstance } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min, validateSync } from 'class-validator';
import { AddressList } from '../common/ip/index.js';
import { InvalidEnvironmentError } from './environment.error.js';
import { mailProblems } from './mail.js';
import { outboundProblems } from './outbound.js';

/** Who may make hubs at the management door. */
export const HUB_CREATIONS = ['off', 'root-keys', 'accounts'] as const;
export type HubCreation = (typeof HUB_CREATIONS)[number];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;

const PORT_RULE = { message: 'PORT must be a whole number from 0 to 65535' };
const BOX_PORT_RULE = { message: 'BOX_PORT must be a whole number from 1 to 65535' };
const BOX_TIMEOUT_RULE = { message: 'BOX_TIMEOUT_MILLISECONDS must be a whole number from 100 to 60000' };
const SESSION_RULE = { message: 'SESSION_TTL_SECONDS must be a whole number from 300 to 2592000' };
const SQL_RULE = { message: 'SQL_TIMEOUT_MILLISECONDS must be a whole number from 100 to 60000' };
const IMPORT_RULE = { message: 'IMPORT_MAX_BYTES must be a whole number from 1024 to 268435456' };
const TTL_RULE = { message: 'ACCESS_TOKEN_TTL_SECONDS must be a whole number from 60 to 3600' };

/** Every environment variable that the server reads: what it is for, what it may be, and its default. */
export class Environment {
  /** The address that the server listens on. Keep it on loopback behind a proxy, or address lists can be bypassed. */
  @IsString()
  HOST: string = '127.0.0.1';

  /** The port that the server listens on; 0 takes a free one. */
  @IsInt(PORT_RULE)
  @Min(0, PORT_RULE)
  @Max(65535, PORT_RULE)
  PORT: number = 20688;

  /** `sqlite:PATH`, `mysql://user:password@host:port/name` or `mariadb://…`. Default: a SQLite file in the data folder. */
  @IsOptional()
  @Matches(/^(sqlite:.|(mysql|mariadb):\/\/.+@.+\/.)/s, {
    message:
      'DATABASE_URL must be sqlite:PATH, mysql://user:password@host:3306/name or mariadb://user:password@host:3306/name',
  })
  DATABASE_URL?: string;

  /** The folder of everything that the server keeps in files. */
  @IsString()
  HUBGATE_DATA_DIR: string = 'data';

  /** The root of everything kept encrypted; at least 32 characters. Made by itself only with the embedded database. */
  @IsOptional()
  @IsString()
  HUBGATE_SECRET?: string;

  /** A file that holds the secret, readable by the service's user only. */
  @IsOptional()
  @IsString()
  HUBGATE_SECRET_FILE?: string;

  /** Comma-separated addresses and networks whose X-Forwarded-For is believed. */
  @IsString()
  TRUSTED_PROXIES: string = '127.0.0.1,::1';

  /** `true`: those proxies set X-Forwarded-Host and X-Forwarded-Proto, whatever the client sent. One that does not would pass on the client's own. */
  @IsIn(['true', 'false'], { message: 'TRUST_FORWARDED_HOST must be true or false' })
  TRUST_FORWARDED_HOST: 'true' | 'false' = 'false';

  /** The path under which a proxy publishes the server, e.g. `/hubapi`; the proxy may strip it or keep it. */
  @Matches(/^(\/[A-Za-z0-9._~-]+)*\/?$/, { message: 'BASE_PATH must be a path such as /hubapi' })
  BASE_PATH: string = '';

  /** The address under which clients reach the server, with its path if it has one; for links and printed commands. */
  @IsOptional()
  @IsUrl(
    {
      require_tld: false,
      protocols: ['http', 'https'],
      require_protocol: true,
      disallow_auth: true,
      allow_query_components: false,
      allow_fragments: false,
    },
    { message: 'PUBLIC_URL must be an address such as https://hub.example.com/hubapi' },
  )
  PUBLIC_URL?: string;

  /** How long an access token lives, in seconds. */
  @IsInt(TTL_RULE)
  @Min(60, TTL_RULE)
  @Max(3600, TTL_RULE)
  ACCESS_TOKEN_TTL_SECONDS: number = 900;

  /** How long a person stays signed in, in seconds. */
  @IsInt(SESSION_RULE)
  @Min(300, SESSION_RULE)
  @Max(2_592_000, SESSION_RULE)
  SESSION_TTL_SECONDS: number = 43_200;

  /** How long an SQL statement of an integrator may run, in milliseconds. */
  @IsInt(SQL_RULE)
  @Min(100, SQL_RULE)
  @Max(60_000, SQL_RULE)
  SQL_TIMEOUT_MILLISECONDS: number = 5000;

  /** Who may make hubs by `POST /v1/hubs`: nobody, root keys that this server's command line made, or also every signed-in person with a verified e-mail address. */
  @IsIn(HUB_CREATIONS, { message: `HUB_CREATION must be one of ${HUB_CREATIONS.join(', ')}` })
  HUB_CREATION: HubCreation = 'off';

  /** The server that sends mail: `smtp://user:password@host:587` or `smtps://…`. Default: mail becomes files in the data folder. */
  @IsOptional()
  @IsString()
  MAIL_URL?: string;

  /** Whom mail is from: `hubgate@example.com` or `Hubgate <hubgate@example.com>`. Required with MAIL_URL. */
  @IsOptional()
  @IsString()
  MAIL_FROM?: string;

  /** The one port on which boxes are called. */
  @IsInt(BOX_PORT_RULE)
  @Min(1, BOX_PORT_RULE)
  @Max(65535, BOX_PORT_RULE)
  BOX_PORT: number = 40404;

  /** How long a box may take to answer one call, in milliseconds. */
  @IsInt(BOX_TIMEOUT_RULE)
  @Min(100, BOX_TIMEOUT_RULE)
  @Max(60_000, BOX_TIMEOUT_RULE)
  BOX_TIMEOUT_MILLISECONDS: number = 10_000;

  /** `allow` lets the server's admin allow a hub this machine itself (127.0.0.0/8, ::1), for trials and tests. Refused with NODE_ENV=production. */
  @IsIn(['deny', 'allow'], { message: 'OUTBOUND_LOOPBACK must be deny or allow' })
  OUTBOUND_LOOPBACK: 'deny' | 'allow' = 'deny';

  /** `production` refuses what is for trials and tests. */
  @IsOptional()
  @IsString()
  NODE_ENV?: string;
  /** How long a file of rows to import may be, in bytes. */
  @IsInt(IMPORT_RULE)
  @Min(1024, IMPORT_RULE)
  @Max(268_435_456, IMPORT_RULE)
  IMPORT_MAX_BYTES: number = 33_554_432;

  /** The least severe log line that is written. */
  @IsIn(LOG_LEVELS, { message: `LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}` })
  LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';
}

const WITHOUT_DEFAULT = [
  'DATABASE_URL',
  'HUBGATE_SECRET',
  'HUBGATE_SECRET_FILE',
  'PUBLIC_URL',
  'MAIL_URL',
  'MAIL_FROM',
  'NODE_ENV',
];
const NUMBERS = [
  'PORT',
  'BOX_PORT',
  'BOX_TIMEOUT_MILLISECONDS',
  'IMPORT_MAX_BYTES',
  'ACCESS_TOKEN_TTL_SECONDS',
  'SESSION_TTL_SECONDS',
  'SQL_TIMEOUT_MILLISECONDS',
  'SQL_TIMEOUT_MILLISECONDS',
  'ACCESS_TOKEN_TTL_SECONDS',
  'SESSION_TTL_SECONDS',
];

/** Reads and validates the variables, without touching any file. @throws InvalidEnvironmentError */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const environment = parseEnvironment(variables);
  const problems = environmentProblems(environment);
  if (problems.length > 0) {
    throw new InvalidEnvironmentError(problems);
  }
  return environment;
}

/** The variables with their defaults, not validated. An empty or blank variable counts as absent. */
export function parseEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const known = [...Object.keys(new Environment()), ...WITHOUT_DEFAULT];
  const given = known.flatMap((name) => {
    const value = variables[name]?.trim();
    return value ? [[name, NUMBERS.includes(name) ? toNumber(value) : value] as const] : [];
  });
  return plainToInstance(Environment, Object.fromEntries(given));
}

/** Everything that is wrong with the values themselves, one line per variable; never a value that could be secret. */
export function environmentProblems(environment: Environment): string[] {
  return [
    ...violations(environment),
    ...proxyProblems(environment),
    ...mailProblems(environment),
    ...outboundProblems(environment),
  ];
}

function toNumber(value: string): number {
  return /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
}

function violations(environment: Environment): string[] {
  return validateSync(environment, { stopAtFirstError: true }).flatMap((error) =>
    Object.values(error.constraints ?? {}),
  );
}

function proxyProblems({ TRUSTED_PROXIES }: Environment): string[] {
  return AddressList.invalidEntries(splitList(TRUSTED_PROXIES)).map(
    ({ entry, reason }) => `TRUSTED_PROXIES: "${entry}" ${reason}`,
  );
}

export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
