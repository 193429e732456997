import { Command, CommanderError, Option, type OutputConfiguration } from 'commander';
import { SCOPES } from '../access/scopes.js';
import { addAccountCommands } from './account-program.js';
import { type AuditVerifyOptions } from './audit.command.js';
import { type AuditFileOptions } from './audit-file.command.js';
import { addAnchor } from './audit-input.js';
import { type BootstrapOptions } from './bootstrap.command.js';
import { withApplication } from './context.js';
import { type DemoOptions } from './demo.command.js';
import { addDomainCommands } from './domain-program.js';
import { type HubDeleteOptions, type HubOptions } from './hub.command.js';
import { type KeyCreateOptions, type KeyOptions, type KeyRevokeOptions, type KeyRotateOptions } from './key.command.js';
import { addSecurityCommand } from './security-program.js';
import { addNetworkCommand } from './network-program.js';
import { type MigrateOptions } from './migrate.command.js';
import { type OpenapiOptions } from './openapi.command.js';
import { type OutputOptions } from './output.js';
import { PROCESS, runIn, type Shell, shell } from './shell.js';

const WRONG_USAGE = 2;
const HUB = ['--hub <id>', 'id of the hub'] as const;
const JSON_OBJECT = ['--json', 'print one JSON object'] as const;

/**
 * Runs the command line; resolves to the exit code: 0, 1 when the command was refused or failed, 2 for wrong usage.
 *
 * @param argv as `process.argv`: the program and its file come first.
 * @param surroundings the settings and where it writes; left out: those of this process.
 */
export async function runCli(argv: readonly string[], surroundings: Shell = PROCESS): Promise<number> {
  const { stdout: writeOut, stderr: writeErr } = surroundings;
  try {
    return await runIn(surroundings, () => program({ writeOut, writeErr }).parseAsync([...argv]));
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? 0 : WRONG_USAGE;
    }
    const { describeFailure } = await import('./failure.js');
    writeErr(`${describeFailure(error)}\n`);
    return 1;
  }
}

/** The commands. What they do is loaded when one runs: `--help` needs neither a database nor a valid configuration. */
function program(output: OutputConfiguration): Command {
  const hubgate = new Command('hubgate')
    .configureOutput(output)
    .description('Works on the database of the environment (see README.md), alone or beside running servers.')
    .exitOverride()
    .showHelpAfterError('(add --help for what is possible)');
  addHubCommands(hubgate);
  addHubStateCommands(hubgate.command('hub').description('list hubs; shut one, open it again, delete it'));
  addKeyCommands(hubgate.command('key').description('make, list, rotate and revoke API keys'));
  addAccountCommands(hubgate.command('account').description('make, list and help accounts of people'));
  addDomainCommands(
    hubgate.command('domain').description('which hub a host name belongs to; the way back past its rules'),
  );
  addAuditCommands(hubgate.command('audit').description('the log of activities, and whether it was tampered with'));
  addMaintenanceCommands(hubgate);
  return hubgate;
}

function addHubCommands(hubgate: Command): void {
  hubgate
    .command('bootstrap')
    .description('make a hub with its default roles and an owner key')
    .requiredOption('--hub <name>', 'name of the new hub; compared without case')
    .option('--owner-email <address>', 'whose account owns the hub too; made if there is none')
    .option(...JSON_OBJECT)
    .action((options: BootstrapOptions) =>
      withApplication(async (app) => (await import('./bootstrap.command.js')).bootstrap(app, options)),
    );
  hubgate
    .command('demo')
    .description('make a list with rows, a user group and an integration key to try things with')
    .requiredOption(...HUB)
    .option('--box [address]', 'play a box too, at this address of the machine (left out: its first), until Ctrl+C')
    .option(...JSON_OBJECT)
    .action(async (options: DemoOptions) => {
      const goOn = await withApplication(async (app) => (await import('./demo.command.js')).demo(app, options));
      await goOn();
    });
}

function addHubStateCommands(hub: Command): void {
  hub
    .command('list')
    .description('list the hubs')
    .option(...JSON_OBJECT)
    .action((options: OutputOptions) =>
      withApplication(async (app) => (await import('./hub.command.js')).listHubs(app, options)),
    );
  const states = [
    ['disable', 'inactive', 'refuse every key and token of a hub, at once'],
    ['enable', 'live', 'accept the keys and tokens of a hub again'],
  ] as const;
  for (const [name, state, description] of states) {
    hub
      .command(name)
      .description(description)
      .requiredOption(...HUB)
      .option(...JSON_OBJECT)
      .action((options: HubOptions) =>
        withApplication(async (app) => (await import('./hub.command.js')).setHubState(app, options, state)),
      );
  }
  addNetworkCommand(hub);
  addSecurityCommand(hub);
  hub
    .command('delete')
    .description('delete a hub with everything in it, for good; its log of activities stays')
    .requiredOption(...HUB)
    .requiredOption('--yes', 'really: it cannot be taken back')
    .option('--force', 'also while it has keys, members or lists')
    .option(...JSON_OBJECT)
    .action((options: HubDeleteOptions) =>
      withApplication(async (app) => (await import('./hub.command.js')).deleteHub(app, options)),
    );
}

function addKeyCommands(key: Command): void {
  key
    .command('create')
    .description('make an API key and print it, once')
    .requiredOption(...HUB)
    .requiredOption('--name <name>', 'a name for people')
    .requiredOption('--role <identifier>', 'identifier or id of its role, e.g. integration')
    .option('--group <name>', 'name or id of the user group whose data it may touch')
    .addOption(new Option('--scope <scope...>', 'what it may do with that data').choices([...SCOPES]))
    .option('--ip <cidr...>', 'addresses and networks from which it may be used; left out: anywhere')
    .option('--expires <time>', 'when it ends: 2030-01-01T00:00:00Z, 90d or 12h; left out: never')
    .option(...JSON_OBJECT)
    .action((options: KeyCreateOptions) =>
      withApplication(async (app) => (await import('./key.command.js')).createKey(app, options)),
    );
  key
    .command('list')
    .description('list the API keys of a hub, masked')
    .requiredOption(...HUB)
    .option(...JSON_OBJECT)
    .action((options: KeyOptions) =>
      withApplication(async (app) => (await import('./key.command.js')).listKeys(app, options)),
    );
  key
    .command('rotate')
    .description('give an API key a new secret and print it, once')
    .requiredOption(...HUB)
    .requiredOption('--key <id>', 'id of the key')
    .option(
      '--overlap <span>',
      'how long the old secret goes on: 7d, 12h or 0h; left out: a day, or what the hub allows',
    )
    .option(...JSON_OBJECT)
    .action((options: KeyRotateOptions) =>
      withApplication(async (app) => (await import('./key.command.js')).rotateKey(app, options)),
    );
  key
    .command('revoke')
    .description('end an API key and its access tokens for good')
    .requiredOption(...HUB)
    .requiredOption('--key <id>', 'id of the key')
    .option('--created', 'end the keys that it made too, and those that they made in turn')
    .option(...JSON_OBJECT)
    .action((options: KeyRevokeOptions) =>
      withApplication(async (app) => (await import('./key.command.js')).revokeKey(app, options)),
    );
}

function addAuditCommands(audit: Command): void {
  audit
    .command('verify')
    .description('check that no activity was changed, removed or slipped in; names the first broken row of a hub')
    .option('--hub <id or name>', 'only this hub; left out: all')
    .option('--head <hub:position:seal>', 'a head that was logged or verified before; may be repeated', addAnchor)
    .addOption(
      new Option(
        '--file <export>',
        'an export of activities instead of the database; needs only HUBGATE_SECRET',
      ).conflicts('hub'),
    )
    .option(...JSON_OBJECT)
    .action(async ({ file, ...options }: AuditVerifyOptions & { file?: string }) => {
      const intact = await (file === undefined ? verifyDatabase(options) : verifyExportFile({ ...options, file }));
      shell().exitCode = intact ? 0 : 1;
    });
}

function verifyDatabase(options: AuditVerifyOptions): Promise<boolean> {
  return withApplication(async (app) => (await import('./audit.command.js')).verifyAudit(app, options));
}

async function verifyExportFile(options: AuditFileOptions): Promise<boolean> {
  const config = (await import('./settings.js')).readSettings();
  return (await import('./audit-file.command.js')).verifyAuditFile(config, options);
}

function addMaintenanceCommands(hubgate: Command): void {
  hubgate
    .command('migrate')
    .description('bring the tables of the database up to date')
    .option('--status', 'only show what has run and what is pending')
    .option(...JSON_OBJECT)
    .action(async (options: MigrateOptions) => {
      const { loadSettings, readSettings } = await import('./settings.js');
      const config = options.status ? readSettings() : loadSettings();
      const { runMigrations, showMigrations } = await import('./migrate.command.js');
      await (options.status ? showMigrations : runMigrations)(config, options);
    });
  hubgate
    .command('openapi')
    .description('write the OpenAPI documents; touches no database')
    .requiredOption('--out <folder>', 'the folder to write them to')
    .option('--pages <folder>', 'where permissions.md and errors.md go; left out: they are not written')
    .action(async (options: OpenapiOptions) => (await import('./openapi.command.js')).openapi(options));
  hubgate
    .command('doctor')
    .description('look for what is wrong with the configuration and the database, and say what mends it')
    .option(...JSON_OBJECT)
    .action(async (options: OutputOptions) => {
      const healthy = await (await import('./doctor.command.js')).doctor(options);
      shell().exitCode = healthy ? 0 : 1;
    });
}
