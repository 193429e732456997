import { type Command } from 'commander';
import { type AccountCreateOptions, type AccountOptions } from './account.command.js';
import { withApplication } from './context.js';
import { type OutputOptions } from './output.js';

const EMAIL = ['--email <address>', 'e-mail address of the account'] as const;
const JSON_OBJECT = ['--json', 'print one JSON object'] as const;

/** The commands for accounts of people. */
export function addAccountCommands(account: Command): void {
  account
    .command('create')
    .description('make an account and print its one-time password')
    .requiredOption(...EMAIL)
    .option('--first <name>', 'first name', '')
    .option('--last <name>', 'last name', '')
    .option('--verified', 'take the address as proved')
    .option(...JSON_OBJECT)
    .action((options: AccountCreateOptions) =>
      withApplication(async (app) => (await import('./account.command.js')).createAccount(app, options)),
    );
  account
    .command('list')
    .description('list the accounts')
    .option(...JSON_OBJECT)
    .action((options: OutputOptions) =>
      withApplication(async (app) => (await import('./account.command.js')).listAccounts(app, options)),
    );
  addHelp(account);
}

function addHelp(account: Command): void {
  const helps = [
    ['verify', 'verifyAccount', 'take the address of an account as proved'],
    ['password', 'resetPassword', 'print a new one-time password and end all sessions of an account'],
    ['reset-2fa', 'resetSecondFactor', 'remove the second factor of an account and end all its sessions'],
  ] as const;
  for (const [name, run, description] of helps) {
    account
      .command(name)
      .description(description)
      .requiredOption(...EMAIL)
      .option(...JSON_OBJECT)
      .action((options: AccountOptions) =>
        withApplication(async (app) => (await import('./account.command.js'))[run](app, options)),
      );
  }
}
