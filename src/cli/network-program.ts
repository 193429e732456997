import { type Command, Option } from 'commander';
import { withApplication } from './context.js';
import { type NetworkOptions } from './network.command.js';

export function addNetworkCommand(hub: Command): void {
  hub
    .command('networks')
    .description('show or change the networks that a hub may call: its boxes, its webhooks')
    .requiredOption('--hub <id>', 'id of the hub')
    .option('--allow <cidr...>', 'let it call these; inner networks such as 10.0.0.0/8 must be named by themselves')
    .option('--deny <cidr...>', 'refuse these, also within allowed ones')
    .option('--remove <cidr...>', 'forget what was said of these')
    .addOption(new Option('--for <purpose>', 'only for boxes, or only for webhooks').choices(['box', 'webhook']))
    .option('--list', 'only show them, as without any of these')
    .option('--json', 'print one JSON object')
    .action((options: NetworkOptions) =>
      withApplication(async (app) => (await import('./network.command.js')).hubNetworks(app, options)),
    );
}
