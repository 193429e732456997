import { setTimeout as sleep } from 'node:timers/promises';
import { type ProbeClient } from '../support/probe-client.js';
import { KINDS, makeVictim } from './victims.js';
import { type World } from './world.js';

const PAUSE_MS = 50;
const KEY_PATHS = ['/v1/hubs/current/whoami', '/v1/hubs/current/roles'];
const TOKEN_PATHS = ['/public-api/v1/auth/whoami', '/public-api/v1/lists'];

/** Ordinary traffic on both nodes, by callers whom no event concerns. */
export class BackgroundLoad {
  /** Answers by status. */
  readonly answers = new Map<number, number>();
  private stopped = false;
  private running: Promise<void>[] = [];

  async start({ nodes, hubs }: World): Promise<void> {
    const { ownerSecret } = hubs[0];
    const reader = KINDS.find(({ door }) => door === 'token') ?? KINDS[0];
    const { credential } = await makeVictim(nodes[0].client, hubs[0], reader);
    this.running = nodes.flatMap(({ client }) => [
      ...KEY_PATHS.map((path) => this.keepAsking(client.as(ownerSecret), path)),
      ...TOKEN_PATHS.map((path) => this.keepAsking(client.as(credential), path)),
    ]);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  private async keepAsking(client: ProbeClient, path: string): Promise<void> {
    while (!this.stopped) {
      const { status } = await client.send('GET', path);
      this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
      await sleep(PAUSE_MS);
    }
  }
}
