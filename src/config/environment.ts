import { plainToInstance } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min, MinLength, validateSync } from 'class-validator';
import { AddressList } from '../common/ip/index.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;

/** Every environment variable that the server reads: what it is for, what it may be, and its default. */
export class Environment {
  /** The address that the server listens on. Keep it on loopback behind a proxy, or address lists can be bypassed. */
  @IsString()
  HOST: string = '127.0.0.1';

  /** The port that the server listens on; 0 takes a free one. */
  @IsInt()
  @Min(0)
  @Max(65535)
  PORT: number = 20688;

  /** `sqlite:PATH`, `mysql://user:password@host:port/name` or `mariadb://…`. Default: a SQLite file in the data folder. */
  @IsOptional()
  @Matches(/^(sqlite:|mysql:\/\/|mariadb:\/\/)/, {
    message: 'DATABASE_URL must start with sqlite:, mysql:// or mariadb://',
  })
  DATABASE_URL?: string;

  /** The folder of everything that the server keeps in files. */
  @IsString()
  HUBGATE_DATA_DIR: string = 'data';

  /** The root of everything kept encrypted; at least 32 characters. Made by itself only with the embedded database. */
  @IsOptional()
  @MinLength(32, { message: 'HUBGATE_SECRET must be at least 32 characters; make one with: openssl rand -base64 48' })
  HUBGATE_SECRET?: string;

  /** A file that holds the secret, readable by the service's user only. */
  @IsOptional()
  @IsString()
  HUBGATE_SECRET_FILE?: string;

  /** Comma-separated addresses and networks whose X-Forwarded-For is believed. */
  @IsString()
  TRUSTED_PROXIES: string = '127.0.0.1,::1';

  /** The path under which a proxy publishes the server, e.g. `/hubapi`; the proxy may strip it or keep it. */
  @Matches(/^(\/[A-Za-z0-9._~-]+)*\/?$/, { message: 'BASE_PATH must be a path such as /hubapi' })
  BASE_PATH: string = '';

  /** The address under which clients reach the server, for links and printed commands. */
  @IsOptional()
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  PUBLIC_URL?: string;

  /** How long an access token lives, in seconds. */
  @IsInt()
  @Min(60)
  @Max(3600)
  ACCESS_TOKEN_TTL_SECONDS: number = 900;

  /** The least severe log line that is written. */
  @IsIn(LOG_LEVELS)
  LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';
}

const NUMBERS = ['PORT', 'ACCESS_TOKEN_TTL_SECONDS'];

/** The start is refused with everything that is wrong, one line each. */
export class InvalidEnvironmentError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'InvalidEnvironmentError';
  }
}

/** Reads and validates the variables. An empty variable counts as absent. @throws InvalidEnvironmentError */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const known = Object.keys(new Environment()).concat([
    'DATABASE_URL',
    'HUBGATE_SECRET',
    'HUBGATE_SECRET_FILE',
    'PUBLIC_URL',
  ]);
  const given = known.flatMap((name) => {
    const value = variables[name]?.trim();
    return value ? [[name, NUMBERS.includes(name) ? toNumber(value) : value] as const] : [];
  });
  const environment = plainToInstance(Environment, Object.fromEntries(given));
  const problems = [...violations(environment), ...crossChecks(environment)];
  if (problems.length > 0) {
    throw new InvalidEnvironmentError(problems);
  }
  return environment;
}

function toNumber(value: string): number {
  return /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
}

function violations(environment: Environment): string[] {
  return validateSync(environment).flatMap((error) =>
    Object.values(error.constraints ?? {}).map((text) =>
      text.startsWith(error.property) ? text : `${error.property}: ${text}`,
    ),
  );
}

function crossChecks({ TRUSTED_PROXIES, HUBGATE_SECRET, HUBGATE_SECRET_FILE }: Environment): string[] {
  const problems: string[] = [];
  for (const { entry, reason } of AddressList.invalidEntries(splitList(TRUSTED_PROXIES))) {
    problems.push(`TRUSTED_PROXIES: "${entry}" ${reason}`);
  }
  if (HUBGATE_SECRET && HUBGATE_SECRET_FILE) {
    problems.push('HUBGATE_SECRET and HUBGATE_SECRET_FILE are both set; keep one');
  }
  return problems;
}

export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
