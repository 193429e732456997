import { SCOPES } from '../../../src/access/scopes.js';
import { type Random } from '../support/random.js';
import { type Caller } from './caller.js';
import { type Facts, type Kind, lives, type Thing } from './history.js';
import { RowWriter } from './row-writer.js';
import { BORN_KEY, COLUMNS, type Identity, learnThing, MANAGEMENT, type World } from './world.js';

const PATHS = { role: 'roles', group: 'groups', api_key: 'api-keys', list: 'lists' } as const;
const EVENTS = { role: 'hub.role', group: 'hub.group', api_key: 'hub.apikey', list: 'hub.list' } as const;
const CAPABILITIES = ['api-keys-manage', 'groups-manage', 'hubs-roles-manage', 'lists-manage'];
const ADDRESSES = ['127.0.0.0/8'];
const CHILDREN = 2;

type Managed = Exclude<Kind, 'row'>;

/** One client: it makes, changes and deletes things of its own, one request after the other. */
export class Writer {
  private readonly own: Thing[] = [];
  private readonly rows: RowWriter;
  private made = 0;

  constructor(
    private readonly caller: Caller,
    private readonly world: World,
    private readonly identity: Identity,
    private readonly random: Random,
  ) {
    this.rows = new RowWriter(caller, identity, random);
  }

  /** One more request. False when it was not acknowledged. */
  step(): Promise<boolean> {
    const { random } = this;
    if (random.chance(0.45)) {
      const lists = [...this.world.lists, ...this.living('list')];
      return this.rows.step(random.pick(lists));
    }
    const kind = random.pick<Managed>(['role', 'group', 'api_key', 'api_key', 'list']);
    const living = this.living(kind);
    if (living.length < 3 || random.chance(0.35)) {
      return kind === 'api_key' && random.chance(0.15) ? this.endLine() : this.create(kind);
    }
    const thing = random.pick(living);
    return kind === 'list' || random.chance(0.4) ? this.delete(thing) : this.change(kind, thing);
  }

  private living(kind: Managed): Thing[] {
    // A list with a row in doubt stays: only its own fate tells what became of the row.
    return this.own.filter((thing) => thing.kind === kind && lives(thing) && !this.rows.inDoubt(thing));
  }

  private create(kind: Managed): Promise<boolean> {
    const marker = this.marker();
    const body = this.bodyOf(kind, marker);
    return this.make(this.own_(kind, marker), body, this.identity.secret);
  }

  private own_(kind: Managed, marker: string): Thing {
    const thing = this.caller.history.thing(kind, marker);
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
      effects: [{ thing, after, trace: { event: `${EVENTS[kind]}.create`, feed: false } }],
      learn: (answer) => learnThing(thing, answer),
    });
  }

  private change(kind: Managed, thing: Thing): Promise<boolean> {
    const body = this.changeOf(kind);
    const after = { ...thing.facts, ...body, revision: nextOf(thing, 'revision') };
    return this.caller.write({
      name: `change ${kind}`,
      method: 'PATCH',
      path: `${MANAGEMENT}/${PATHS[thing.kind as Managed]}/${thing.id}`,
      body,
      credential: this.identity.secret,
      effects: [{ thing, after, trace: { event: `${EVENTS[kind]}.update`, feed: true } }],
    });
  }

  private async delete(thing: Thing): Promise<boolean> {
    if (thing.kind === 'api_key' && this.random.chance(0.5)) {
      thing.token ??= await this.tokenOf(thing);
    }
    return this.end([thing], '');
  }

  /** A key makes keys, and all of them end in one change. */
  private async endLine(): Promise<boolean> {
    const maker = this.own_('api_key', this.marker());
    const role = { role_id: this.world.roles['admin'], group_id: null, scopes: [] };
    if (!(await this.make(maker, { ...this.bodyOf('api_key', maker.marker), ...role }, this.identity.secret))) {
      return false;
    }
    const line = [maker];
    for (let index = 0; index < CHILDREN; index += 1) {
      const child = this.own_('api_key', this.marker());
      const body = { ...this.bodyOf('api_key', child.marker), ...role, role_id: this.world.roles['integration'] };
      const [secret = ''] = maker.secrets;
      if (
        !(await this.make(
          child,
          { ...body, ips: maker.facts?.['ips'], expires_at: maker.facts?.['expires_at'] },
          secret,
        ))
      ) {
        return false;
      }
      line.push(child);
    }
    return this.end(line, '?created=revoke');
  }

  private end(things: readonly Thing[], query: string): Promise<boolean> {
    const [{ kind, id }] = things as [Thing];
    const managed = kind as Managed;
    const effects = things.map((thing) => {
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

  private tokenOf({ facts, secrets }: Thing): Promise<string | null> {
    const mayRead = (facts?.['scopes'] as string[]).includes('read:lists');
    const [secret] = secrets;
    return mayRead && secret !== undefined ? this.caller.exchange(secret) : Promise.resolve(null);
  }

  private bodyOf(kind: Managed, marker: string): Facts {
    switch (kind) {
      case 'role':
        return { ...this.changeOf(kind), identifier: marker };
      case 'list':
        return { name: marker, description: this.text(), columns: COLUMNS.slice(0, 1 + this.random.below(4)) };
      case 'group':
      case 'api_key':
        return { ...this.changeOf(kind), name: marker };
    }
  }

  /** Several fields at once, so that half of them would be seen. */
  private changeOf(kind: Managed): Facts {
    const { random, world } = this;
    switch (kind) {
      case 'role': {
        const specific = CAPABILITIES.filter(() => random.chance(0.5));
        const extra = { note: this.text() };
        return { name: this.text(), rank: random.below(8), capabilities: { all: false, specific }, extra };
      }
      case 'group': {
        const rights = ['read', 'add', 'change', 'delete'].filter(() => random.chance(0.6));
        const lists = rights.length > 0 ? [{ list_id: random.pick(world.lists).id, rights }] : [];
        return { description: this.text(), permissions: { lists } };
      }
      case 'api_key': {
        const role_id = world.roles[random.pick(['integration', 'developer'])];
        const group_id = random.chance(0.7) ? world.group.id : null;
        const scopes = SCOPES.filter(() => random.chance(0.5));
        const ips = random.chance(0.3) ? ADDRESSES : null;
        const expires_at = random.chance(0.3) ? `20${40 + random.below(50)}-01-01T00:00:00.000Z` : null;
        return { description: this.text(), role_id, group_id, scopes, ips, expires_at };
      }
      case 'list':
        throw new Error('Lists are not changed.');
    }
  }

  private marker(): string {
    this.made += 1;
    return `${this.identity.name}-${this.made}`;
  }

  private text(): string {
    return `text ${this.random.below(2 ** 32).toString(36)}`;
  }
}

function nextOf({ facts }: Thing, counter: 'kv' | 'revision'): number {
  return Number(facts?.[counter]) + 1;
}
