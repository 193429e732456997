import { type Command } from 'commander';
import { withApplication } from './context.js';
import { type ClaimOptions, type DomainListOptions, type RejectOptions, type RulesOptions } from './domain.command.js';

const JSON_OBJECT = ['--json', 'print one JSON object'] as const;
const DOMAIN = ['--domain <name>', 'the host name'] as const;
const HUB = ['--hub <id>', 'id of the hub; needed where several hubs claim the name'] as const;

export function addDomainCommands(domain: Command): void {
  domain
    .command('list')
    .description('list the host names that hubs claim')
    .option('--hub <id>', 'only those of this hub')
    .option(...JSON_OBJECT)
    .action((options: DomainListOptions) =>
      withApplication(async (app) => (await import('./domain.command.js')).listDomains(app, options)),
    );
  domain
    .command('approve')
    .description('give a host name to the hub that claims it: its rules act on every request there')
    .requiredOption(...DOMAIN)
    .option(...HUB)
    .option(...JSON_OBJECT)
    .action((options: ClaimOptions) =>
      withApplication(async (app) => (await import('./domain.command.js')).approveDomain(app, options)),
    );
  domain
    .command('reject')
    .description('take a claim away, with its rules and lists; the hub can claim the name again')
    .requiredOption(...DOMAIN)
    .option(...HUB)
    .option('--force', 'also one that is approved')
    .option(...JSON_OBJECT)
    .action((options: RejectOptions) =>
      withApplication(async (app) => (await import('./domain.command.js')).rejectDomain(app, options)),
    );
  addRulesCommand(domain);
}

function addRulesCommand(domain: Command): void {
  domain
    .command('rules')
    .description('switch the rules of an approved domain off, for who is locked out by them, or on again')
    .requiredOption(...DOMAIN)
    .option('--disable', 'no rule of it acts any more')
    .option('--enable', 'they act again')
    .option(...JSON_OBJECT)
    .action((options: RulesOptions) =>
      withApplication(async (app) => (await import('./domain.command.js')).setDomainRules(app, options)),
    );
}
