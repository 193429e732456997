import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Clock } from '../../../src/common/clock.js';
import { Database } from '../../../src/database/index.js';
import { MailBox } from '../../../src/modules/mail/mail-box.js';
import { actAs, type Actor, actorOf, type Scene, sessionThatLasts } from './actors.js';
import { CeilingBroken, checkMade, checkRefused } from './checks.js';
import { PROBES, type Rights, rightsIn } from './oracle.js';
import { type Edit, type Sequence, type Step } from './plans.js';
import { requestOf } from './requests.js';
import { snapshotOf } from './snapshot.js';
import { found, type World } from './world.js';

/** How many edits of each kind were made and refused. */
export type Tally = Partial<Record<Edit['what'], { made: number; refused: number }>>;

interface Reply {
  readonly status: number;
  readonly data: { readonly id?: string; readonly secret?: string } | null;
}

/**
 * Plays a sequence in a hub of its own, through the management door, and checks after every step what is stored.
 * @throws CeilingBroken at the first thing that should not be
 */
export async function play(
  nest: NestFastifyApplication,
  { world: plan, steps }: Sequence,
  tally: Tally,
): Promise<void> {
  const world = await found(nest.get(Database), plan, nest.get(Clock).now());
  const game = new Game(nest, world);
  await game.look();
  for (const step of steps) {
    await game.take(step, tally);
  }
}

class Game {
  private scene: Scene;

  constructor(
    private readonly nest: NestFastifyApplication,
    private readonly world: World,
  ) {}

  async look(): Promise<Scene> {
    const state = await snapshotOf(this.nest.get(Database), this.world);
    const now = this.nest.get(Clock).now();
    this.scene = { world: this.world, state, rights: rightsIn(state, now), now };
    return this.scene;
  }

  async take(step: Step, tally: Tally): Promise<void> {
    const { edit } = step;
    const before = this.scene;
    const actor = actorOf(step, before);
    const { method, url, body } = requestOf(edit, this.world, before.state, actor.rights?.roleId ?? '', before.now);
    const reply = await this.send(method, url, actor, addressOf(step, actor.rights), body);
    const made = reply.status < 300;
    if (made && edit.what === 'invite') {
      await this.takeMail(reply);
    }
    const after = await this.look();
    const count = (tally[edit.what] ??= { made: 0, refused: 0 });
    count[made ? 'made' : 'refused'] += 1;
    if (made) {
      this.note(edit, reply, before, after);
      checkMade(edit, actor, before, after);
      await this.checkDoor(step.by);
    } else {
      checkRefused(edit, reply.status, before, after.state);
    }
  }

  private async send(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    { credential, hubId }: Actor,
    address: string,
    body?: object,
  ): Promise<Reply> {
    const authorization = `Bearer ${credential.text}`;
    const headers = { authorization, 'x-forwarded-for': address, ...(hubId && { 'x-hub-id': hubId }) };
    const answer = await this.nest.inject({ method, url, headers, ...(body ? { payload: body } : {}) });
    return { status: answer.statusCode, data: (JSON.parse(answer.body) as { data: Reply['data'] }).data };
  }

  /** Takes the token of an invite out of the mail that waits, as the person who gets it would. */
  private async takeMail({ data }: Reply): Promise<void> {
    const box = this.nest.get(MailBox, { strict: false });
    for (const mail of await box.findDue(this.scene.now, 10)) {
      this.world.tokens.set(data?.id ?? '', /hgt_\w+/.exec(box.open(mail).text)?.[0] ?? '');
      await box.remove(mail);
    }
  }

  /** What was made can be named and used from now on. */
  private note({ what }: Edit, { data }: Reply, before: Scene, after: Scene): void {
    const { keys, roles, groups, credentials } = this.world;
    if (what === 'create role' || what === 'create group' || what === 'create key') {
      const made = { 'create role': roles, 'create group': groups, 'create key': keys }[what];
      made.push(data?.id ?? '');
    }
    if (what === 'create key' || what === 'rotate key') {
      const known = new Set(before.state.secrets.map(({ id }) => id));
      const added = after.state.secrets.filter(({ id }) => !known.has(id));
      credentials.push(...added.map(({ id }) => ({ kind: 'api-key' as const, id, text: data?.secret ?? '' })));
    }
  }

  /** That the door goes by what is stored: one credential is tried. */
  private async checkDoor(which: number): Promise<void> {
    const { credentials, hubId } = this.world;
    const actor = actAs(credentials[which % credentials.length] as World['credentials'][number], hubId, this.scene);
    const own = actor.rights;
    const [address = PROBES[0] as string] = own?.addresses ?? [];
    const { status, data } = await this.send('GET', '/v1/hubs/current/whoami', actor, address);
    const expected = this.expectedOf(actor);
    const { role } = (data ?? {}) as { role?: { id: string; rank: number } };
    if (status !== expected || (own && status === 200 && (role?.id !== own.roleId || role.rank !== own.rank))) {
      const { id } = actor.credential;
      throw new CeilingBroken(`The credential ${id} is answered ${status}, but ${expected} is what is stored.`);
    }
  }

  /** A person who is signed in and may not enter is known all the same. */
  private expectedOf({ credential, rights }: Actor): number {
    const isKnown = credential.kind === 'session' ? sessionThatLasts(credential, this.scene) : rights;
    return rights && rights.addresses.size > 0 ? 200 : isKnown ? 403 : 401;
  }
}

/** One from which the actor may come. */
function addressOf({ from }: Step, actor: Rights | undefined): string {
  const usable = actor && actor.addresses.size > 0 ? [...actor.addresses] : PROBES;
  return usable[from % usable.length] as string;
}
