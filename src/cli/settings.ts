import { Config, loadConfig, readEnvironment } from '../config/index.js';
import { shell } from './shell.js';

/** The whole configuration; makes the secret if the database is embedded. @throws InvalidEnvironmentError */
export function loadSettings(): Config {
  return useForEntities(loadConfig(shell().env));
}

/** The settings without the secret, so that asking makes no file. @throws InvalidEnvironmentError */
export function readSettings(): Config {
  return useForEntities(new Config(readEnvironment(shell().env)));
}

/**
 * Entities choose their column types by DATABASE_URL while they load, so the settings come first and the modules are
 * imported after: a wrong URL is then told as such, and the default is the same for both.
 */
export function useForEntities(config: Config): Config {
  process.env['DATABASE_URL'] = config.databaseUrl;
  return config;
}
