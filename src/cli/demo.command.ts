import { type INestApplicationContext } from '@nestjs/common';
import { Config } from '../config/index.js';
import { DemoService } from '../modules/provisioning/index.js';
import { answer, type OutputOptions } from './output.js';

export interface DemoOptions extends OutputOptions {
  readonly hub: string;
}

export async function demo(app: INestApplicationContext, options: DemoOptions): Promise<void> {
  const { group, list, key, secret } = await app.get(DemoService).create(options.hub);
  const result = {
    hub: { id: list.hubId },
    group: { id: group.id },
    list: { id: list.id, name: list.name },
    api_key: { id: key.id, secret },
  };
  const exchange = `${app.get(Config).addressOf()}/public-api/v1/auth/token`;
  answer(options, result, [
    `Group "${group.name}", list "${list.name}" with rows, and an integration key were made.`,
    '',
    `  group id         ${group.id}`,
    `  list id          ${list.id}`,
    `  integration key  ${secret}`,
    '',
    'The key is shown this once and cannot be read again. Exchange it for an access token:',
    '',
    `  curl -H "apiKey: ${secret}" ${exchange}`,
  ]);
}
