import { type INestApplicationContext } from '@nestjs/common';
import { type HubOwner, ProvisioningService } from '../modules/provisioning/index.js';
import { answer, type OutputOptions } from './output.js';

export interface BootstrapOptions extends OutputOptions {
  readonly hub: string;
  readonly ownerEmail?: string;
}

export async function bootstrap(app: INestApplicationContext, options: BootstrapOptions): Promise<void> {
  const { hub, key, secret, owner } = await app.get(ProvisioningService).bootstrap(options.hub, options.ownerEmail);
  const account = owner && { id: owner.account.id, email: owner.account.email, one_time_password: owner.password };
  const result = { hub: { id: hub.id, name: hub.name }, api_key: { id: key.id, secret }, ...(account && { account }) };
  answer(options, result, [
    `Hub "${hub.name}" was made, with its default roles.`,
    '',
    `  hub id     ${hub.id}`,
    `  owner key  ${secret}`,
    ...(owner ? ownerLines(owner) : []),
    '',
    'The key is shown this once and cannot be read again. Keep it where you keep passwords.',
  ]);
}

function ownerLines({ account, password }: HubOwner): string[] {
  const what =
    password === null
      ? ['  password   the account exists and keeps its own']
      : [`  password   ${password}   (once, within 72 hours, to choose another one)`];
  return [`  owner      ${account.email}`, ...what];
}
