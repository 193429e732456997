import { type Random } from '../support/random.js';
import { type Caller } from './caller.js';
import { bodyOf, changeOf, type Managed } from './contents.js';
import { type Effect, type Facts, lastingSecret, lives, type Thing } from './history.js';
import { RowWriter } from './row-writer.js';
import { SecretWriter } from './secret-writer.js';
import { BORN_KEY, type Identity, learnThing, MANAGEMENT, type World } from './world.js';

const PATHS = { role: 'roles', group: 'groups', api_key: 'api-keys', list: 'lists' } as const;
const EVENTS = { role: 'hub.role', group: 'hub.group', api_key: 'hub.apikey', list: 'hub.list' } as const;
const LIVING_AT_LEAST = 3;
const CHILDREN = 2;

/** One client: it makes, changes and deletes things of its own, one request after the other. */
export class Writer {
  private readonly own: Thing[] = [];
  private readonly rows: RowWriter;
  private readonly secrets: SecretWriter;
  private made = 0;

  constructor(
    private readonly caller: Caller,
    private readonly world: World,
    private readonly identity: Identity,
    private readonly random: Random,
  ) {
    this.rows = new RowWriter(caller, identity, random);
    this.secrets = new SecretWriter(caller, identity, random);
  }

  /** One more request. False when it was not acknowledged. */
  step(): Promise<boolean> {
    const { random } = this;
    if (random.chance(0.45)) {
      return this.rows.step(random.pick([...this.world.lists, ...this.living('list')]));
    }
    const kind = random.pick<Managed>(['role', 'group', 'api_key', 'api_key', 'list']);
    const living = this.living(kind);
    if (living.length < LIVING_AT_LEAST || random.chance(0.3)) {
      return kind === 'api_key' && random.chance(0.15) ? this.endLine() : this.create(kind);
    }
    return this.touch(kind, random.pick(living));
  }

  private touch(kind: Managed, thing: Thing): Promise<boolean> {
    if (kind === 'api_key' && this.random.chance(0.4)) {
      return this.secrets.step(thing);
    }
    return kind === 'list' || this.random.chance(0.4) ? this.delete(thing) : this.change(kind, thing);
  }

  /** A list with a row in doubt is left alone: only its own fate tells what became of the row. */
  private living(kind: Managed): Thing[] {
    return this.own.filter((thing) => thing.kind === kind && lives(thing) && !this.rows.inDoubt(thing));
  }

  private create(kind: Managed): Promise<boolean> {
    const thing = this.begin(kind);
    return this.make(thing, bodyOf(kind, thing.marker, this.world, this.random), this.identity.secret);
  }

  private begin(kind: Managed): Thing {
    this.made += 1;
    const thing = this.caller.history.thing(kind, `${this.identity.name}-${this.made}`);
    this.own.push(thing);
    return thing;
  }

  private make(thing: Thing, body: Facts, credential: string): Promise<boolean> {
    const kind = thing.kind as Managed;
    const after = { ...body, ...(kind === 'api_key' ? BORN_KEY : {}), revision: 1, deleted: false };
    return this.caller.write({
      name: `create ${kind}`,
      method: 'POST',
      path: `${MANAGEMENT}/${PATHS[kind]}`,
      body,
      credential,
      effects: [{ thing, after, trace: { event: `${EVENTS[kind]}.create`, feed: kind === 'api_key' } }],
      learn: (answer) => learnThing(thing, answer),
    });
  }

  private change(kind: Managed, thing: Thing): Promise<boolean> {
    const body = changeOf(kind, this.world, this.random);
    const after = { ...thing.facts, ...body, revision: nextOf(thing, 'revision') };
    return this.caller.write({
      name: `change ${kind}`,
      method: 'PATCH',
      path: `${MANAGEMENT}/${PATHS[kind]}/${thing.id}`,
      body,
      credential: this.identity.secret,
      effects: [{ thing, after, trace: { event: `${EVENTS[kind]}.update`, feed: true } }],
    });
  }

  private async delete(thing: Thing): Promise<boolean> {
    if (thing.kind === 'api_key' && this.random.chance(0.5)) {
      await this.secrets.exchange(thing);
    }
    return this.end([thing], '');
  }

  /** A key makes keys, and all of them end in one change. */
  private async endLine(): Promise<boolean> {
    const { roles } = this.world;
    const plain = { group_id: null, scopes: [] };
    const line = [this.begin('api_key')] as [Thing, ...Thing[]];
    const [maker] = line;
    const body = bodyOf('api_key', maker.marker, this.world, this.random);
    let done = await this.make(maker, { ...body, ...plain, role_id: roles['admin'] }, this.identity.secret);
    while (done && line.length <= CHILDREN) {
      const child = this.begin('api_key');
      line.push(child);
      const inherited = { name: child.marker, role_id: roles['integration'] };
      done = await this.make(child, { ...body, ...plain, ...inherited }, lastingSecret(maker));
    }
    return done && this.end(line, '?created=revoke');
  }

  private end(things: readonly [Thing, ...Thing[]], query: string): Promise<boolean> {
    const [{ kind, id }] = things;
    const managed = kind as Managed;
    const effects = things.map((thing): Effect => {
      const key = managed === 'api_key' ? { state: 'deleted', kv: nextOf(thing, 'kv') } : {};
      const after = { ...thing.facts, ...key, revision: nextOf(thing, 'revision'), deleted: true };
      return { thing, after, trace: { event: `${EVENTS[managed]}.delete`, feed: managed !== 'list' } };
    });
    return this.caller.write({
      name: `delete ${managed}${query}`,
      method: 'DELETE',
      path: `${MANAGEMENT}/${PATHS[managed]}/${id}${query}`,
      credential: this.identity.secret,
      effects,
    });
  }
}

function nextOf({ facts }: Thing, counter: 'kv' | 'revision'): number {
  return Number(facts?.[counter]) + 1;
}
