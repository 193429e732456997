import { type INestApplicationContext } from '@nestjs/common';
import { Config } from '../config/index.js';
import { type Demo, DemoService } from '../modules/provisioning/index.js';
import { type DemoBox, playDemoBox, startDemoBox } from './demo-box.js';
import { answer, type OutputOptions } from './output.js';

export interface DemoOptions extends OutputOptions {
  readonly hub: string;
  /** Play a box too, at this address of the machine; true = at its first one. */
  readonly box?: string | true;
}

/** Goes on with the box that was asked for, once the database is closed. */
export type Afterwards = () => Promise<void>;

export async function demo(app: INestApplicationContext, options: DemoOptions): Promise<Afterwards> {
  const config = app.get(Config);
  const box = options.box === undefined ? null : await startDemoBox(options.box, config.outbound.boxPort);
  try {
    const made = await app.get(DemoService).create(options.hub, box);
    tell(options, made, box, config.addressOf());
    return async () => {
      if (box && made.box) {
        await playDemoBox(box, config.addressOf(), made.box.token);
      }
    };
  } catch (error) {
    await box?.machine.stop();
    throw error;
  }
}

function tell(options: DemoOptions, made: Demo, playing: DemoBox | null, hubUrl: string): void {
  const { group, list, key, secret, box } = made;
  const result = {
    hub: { id: list.hubId },
    group: { id: group.id },
    list: { id: list.id, name: list.name },
    api_key: { id: key.id, secret },
    ...(box && { box: { id: box.shown.box.id, box_id: box.shown.box.boxId, address: box.shown.box.address } }),
  };
  answer(options, result, [
    `Group "${group.name}", list "${list.name}" with rows, and an integration key were made.`,
    '',
    `  group id         ${group.id}`,
    `  list id          ${list.id}`,
    `  integration key  ${secret}`,
    '',
    'The key is shown this once and cannot be read again. Exchange it for an access token:',
    '',
    `  curl -H "apiKey: ${secret}" ${hubUrl}/public-api/v1/auth/token`,
    ...(box && playing ? boxLines(box.shown.box.boxId, playing.machine.address, hubUrl) : []),
  ]);
}

function boxLines(boxId: string, address: string, hubUrl: string): string[] {
  return [
    '',
    `The box ${boxId} is played at ${address} until you press Ctrl+C. With the access token:`,
    '',
    `  curl -H "Authorization: Bearer $TOKEN" "${hubUrl}/public-api/v1/box/functions?boxId=${boxId}"`,
    `  curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" ${hubUrl}/public-api/v1/box/function \\`,
    `    -d '{"boxId":"${boxId}","functionName":"StartLine","parameters":[{"name":"Line","value":1}]}'`,
  ];
}
