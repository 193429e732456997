import { type Command, Option } from 'commander';
import { withApplication } from './context.js';
import { type SecurityOptions } from './security.command.js';

export function addSecurityCommand(hub: Command): void {
  hub
    .command('security')
    .description('show or change at which hosts the keys of a hub are taken: the way back in for who is shut out')
    .requiredOption('--hub <id>', 'id of the hub')
    .addOption(
      new Option('--require-domain <on|off>', "on: at the hub's approved domains only; off: everywhere").choices([
        'on',
        'off',
      ]),
    )
    .option('--force', 'on, also where the hub has no approved domain and every key is shut out')
    .option('--json', 'print one JSON object')
    .action((options: SecurityOptions) =>
      withApplication(async (app) => (await import('./security.command.js')).hubSecurity(app, options)),
    );
}
