import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient } from '../support/http-client.js';
import { type Random } from '../support/random.js';
import { Caller } from './caller.js';
import { type World } from './world.js';
import { Writer } from './writer.js';

const THINKING_MS = 12;
const AFTER_FAILURE_MS = 60;

/** All writers at once, each with its own connection; they go on through failures until they are stopped. */
export class Load {
  private readonly writers: Writer[];
  private readonly clients: HttpClient[];
  private running: Promise<void>[] = [];
  private stopping = false;

  constructor(
    url: string,
    world: World,
    private readonly random: Random,
  ) {
    this.clients = world.identities.map(() => new HttpClient(url));
    this.writers = world.identities.map((identity, index) => {
      const caller = new Caller(world.history, this.clients[index] as HttpClient, world.traffic);
      return new Writer(caller, world, identity, random.fork());
    });
  }

  start(): void {
    this.stopping = false;
    this.running = this.writers.map((writer) => this.run(writer));
  }

  /** Resolves when every request that was sent has an answer or has failed. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.running);
  }

  close(): void {
    this.clients.forEach((client) => client.close());
  }

  private async run(writer: Writer): Promise<void> {
    while (!this.stopping) {
      const done = await writer.step();
      await sleep(done ? this.random.between(0, THINKING_MS) : AFTER_FAILURE_MS);
    }
  }
}
