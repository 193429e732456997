import { type INestApplicationContext } from '@nestjs/common';
import { ProvisioningService } from '../modules/provisioning/index.js';
import { answer, type OutputOptions } from './output.js';

export interface BootstrapOptions extends OutputOptions {
  readonly hub: string;
}

export async function bootstrap(app: INestApplicationContext, options: BootstrapOptions): Promise<void> {
  const { hub, key, secret } = await app.get(ProvisioningService).bootstrap(options.hub);
  const result = { hub: { id: hub.id, name: hub.name }, api_key: { id: key.id, secret } };
  answer(options, result, [
    `Hub "${hub.name}" was made, with its default roles.`,
    '',
    `  hub id     ${hub.id}`,
    `  owner key  ${secret}`,
    '',
    'The key is shown this once and cannot be read again. Keep it where you keep passwords.',
  ]);
}
