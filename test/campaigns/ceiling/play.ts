import { isDeepStrictEqual } from 'node:util';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Clock } from '../../../src/common/clock.js';
import { Database } from '../../../src/database/index.js';
import { disturbed, PROBES, type Rights, rightsIn, widened } from './oracle.js';
import { type Edit, type Sequence, type Step } from './plans.js';
import { requestOf } from './requests.js';
import { snapshotOf, type Snapshot } from './snapshot.js';
import { type Credential, found, type World } from './world.js';

/** How many edits of each kind were made and refused. */
export type Tally = Partial<Record<Edit['what'], { made: number; refused: number }>>;

interface Reply {
  readonly status: number;
  readonly data: { readonly id?: string; readonly secret?: string } | null;
}

/** A rule that did not hold. */
export class CeilingBroken extends Error {}

/**
 * Plays a sequence in a hub of its own, through the management door, and checks after every step what is stored.
 * @throws CeilingBroken at the first thing that should not be
 */
export async function play(
  nest: NestFastifyApplication,
  { world: plan, steps }: Sequence,
  tally: Tally,
): Promise<void> {
  const game = await Game.begin(nest, plan);
  for (const step of steps) {
    await game.take(step, tally);
  }
}

class Game {
  private constructor(
    private readonly nest: NestFastifyApplication,
    private readonly world: World,
    private state: Snapshot,
  ) {}

  static async begin(nest: NestFastifyApplication, plan: Sequence['world']): Promise<Game> {
    const database = nest.get(Database);
    const world = await found(database, plan, nest.get(Clock).now());
    return new Game(nest, world, await snapshotOf(database, world.hubId));
  }

  async take(step: Step, tally: Tally): Promise<void> {
    const { edit } = step;
    const before = this.state;
    const now = this.nest.get(Clock).now();
    const rights = rightsIn(before, now);
    const actor = this.actorOf(step, rights);
    const own = rights.get(actor.id);
    const { method, url, body } = requestOf(edit, this.world, before, own?.roleId ?? '', now);
    const reply = await this.send(method, url, actor, addressOf(step, own), body);
    this.state = await snapshotOf(this.nest.get(Database), this.world.hubId);
    const count = (tally[edit.what] ??= { made: 0, refused: 0 });
    if (reply.status < 300) {
      count.made += 1;
      this.note(edit, reply, before);
      const after = rightsIn(this.state, now);
      this.checkMade(own, rights, after);
      await this.checkDoor(step.by, after);
    } else {
      count.refused += 1;
      this.checkRefused(reply, before);
    }
  }

  private actorOf({ by, anybody }: Step, rights: ReadonlyMap<string, Rights>): Credential {
    const { credentials } = this.world;
    const able = anybody ? credentials : credentials.filter(({ id }) => rights.has(id));
    return able[by % able.length] as Credential;
  }

  private async send(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    { text }: Credential,
    address: string,
    body?: object,
  ): Promise<Reply> {
    const headers = { authorization: `Bearer ${text}`, 'x-forwarded-for': address };
    const answer = await this.nest.inject({ method, url, headers, ...(body ? { payload: body } : {}) });
    return { status: answer.statusCode, data: (JSON.parse(answer.body) as { data: Reply['data'] }).data };
  }

  /** What was made can be named and used from now on. */
  private note({ what }: Edit, { data }: Reply, before: Snapshot): void {
    const { keys, roles, groups, credentials } = this.world;
    if (what === 'create role' || what === 'create group' || what === 'create key') {
      const made = { 'create role': roles, 'create group': groups, 'create key': keys }[what];
      made.push(data?.id ?? '');
    }
    if (what === 'create key' || what === 'rotate key') {
      const known = new Set(before.secrets.map(({ id }) => id));
      const added = this.state.secrets.filter(({ id }) => !known.has(id));
      credentials.push(...added.map(({ id }) => ({ kind: 'api-key' as const, id, text: data?.secret ?? '' })));
    }
  }

  private checkMade(
    actor: Rights | undefined,
    before: ReadonlyMap<string, Rights>,
    after: ReadonlyMap<string, Rights>,
  ): void {
    if (!actor) {
      throw new CeilingBroken('Somebody without any right made an edit.');
    }
    for (const [id, rights] of after) {
      const gained = widened(before.get(id), rights, actor);
      if (gained.length > 0) {
        throw new CeilingBroken(`The secret ${id} got what its actor did not hold: ${gained.join(', ')}.`);
      }
    }
    const reached = [...before].find(([id, rights]) => disturbed(rights, after.get(id), actor));
    if (reached) {
      throw new CeilingBroken(`The secret ${reached[0]} was changed by an actor that it does not rank below.`);
    }
    if (![...after.values()].some(({ root }) => root)) {
      throw new CeilingBroken('Nobody is left who is root.');
    }
  }

  private checkRefused({ status }: Reply, before: Snapshot): void {
    if (status >= 500) {
      throw new CeilingBroken(`An edit was answered with ${status}.`);
    }
    if (!isDeepStrictEqual(this.state, before)) {
      throw new CeilingBroken(`An edit was refused with ${status}, and changed something.`);
    }
  }

  /** That the door goes by what is stored: one credential is tried. */
  private async checkDoor(which: number, rights: ReadonlyMap<string, Rights>): Promise<void> {
    const { credentials } = this.world;
    const credential = credentials[which % credentials.length] as Credential;
    const own = rights.get(credential.id);
    const [address = PROBES[0] as string] = own?.addresses ?? [];
    const { status, data } = await this.send('GET', '/v1/hubs/current/whoami', credential, address);
    const expected = own && own.addresses.size > 0 ? 200 : own ? 403 : 401;
    const { role } = (data ?? {}) as { role?: { id: string; rank: number } };
    if (status !== expected || (own && status === 200 && (role?.id !== own.roleId || role.rank !== own.rank))) {
      throw new CeilingBroken(`The secret ${credential.id} is answered ${status}, but ${expected} is what is stored.`);
    }
  }
}

/** One from which the actor may come. */
function addressOf({ from }: Step, actor: Rights | undefined): string {
  const usable = actor && actor.addresses.size > 0 ? [...actor.addresses] : PROBES;
  return usable[from % usable.length] as string;
}
