import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Config, secretFileOf, secretProblems } from '../../config/index.js';
import { type Check, fail, ok } from './check.js';

/** What can be told without a database. Makes no file. */
export function fileChecks(config: Config): Check[] {
  return [...(config.embedded ? [dataFolder(config.dataDir)] : []), secret(config)];
}

function dataFolder(folder: string): Check {
  const existing = nearest(folder);
  try {
    accessSync(existing, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return fail(
      'data-folder',
      `${existing} may not be written by this user`,
      `Run as its owner: chown -R <user> ${existing}`,
    );
  }
  return ok('data-folder', existing === folder ? folder : `${folder} (the first start makes it)`);
}

function secret({ secretSettings }: Config): Check {
  const problems = secretProblems(secretSettings);
  if (problems.length > 0) {
    return fail('secret', problems.join('; '), 'Set HUBGATE_SECRET or HUBGATE_SECRET_FILE as README.md says.');
  }
  const path = secretFileOf(secretSettings);
  if (path === null) {
    return ok('secret', 'from HUBGATE_SECRET');
  }
  return ok('secret', existsSync(path) ? `${path}, ${modeOf(path)}` : `${path} (the first start makes it)`);
}

function modeOf(path: string): string {
  return process.platform === 'win32'
    ? 'whose access list Windows keeps: look at it with icacls'
    : `mode ${(statSync(path).mode & 0o777).toString(8).padStart(4, '0')}`;
}

function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}
