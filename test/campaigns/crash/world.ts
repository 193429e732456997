import { SCOPES } from '../../../src/access/scopes.js';
import { bodyOf, type HttpClient } from '../support/http-client.js';
import { Caller, type Json, Traffic } from './caller.js';
import { type Facts, History, lastingSecret, type Thing } from './history.js';
import { type Origin } from './snapshot.js';

export const MANAGEMENT = '/v1/hubs/current';

/** A hub that was just made, with the only copy of its owner key's secret. */
export interface Bootstrapped {
  readonly hub: { readonly id: string };
  readonly api_key: { readonly id: string; readonly secret: string };
}

/** Whom a writer acts as: a root key at the management door, a key of the common group at the public one. */
export interface Identity {
  readonly name: string;
  readonly secret: string;
  readonly rowKey: Thing;
}

/** What all writers share and none changes. */
export interface World {
  readonly origin: Origin;
  readonly owner: string;
  readonly roles: Readonly<Record<string, string>>;
  readonly group: Thing;
  /** Lists that all of them write to, so that their writes meet. */
  readonly lists: readonly Thing[];
  readonly identities: readonly Identity[];
  readonly history: History;
  readonly traffic: Traffic;
}

export const COLUMNS = [
  { name: 'Mark', type: 'String' },
  { name: 'Amount', type: 'Number' },
  { name: 'Done', type: 'Boolean' },
  { name: 'Note', type: 'String' },
] as const;

const SHARED_LISTS = 3;

/** Makes what the writers need, as the owner. Part of the history like everything else. */
export async function found(client: HttpClient, made: Bootstrapped, name: string, writers: number): Promise<World> {
  const [history, traffic] = [new History(name), new Traffic()];
  const owner = made.api_key.secret;
  const roles = await rolesOf(client, owner);
  const founder = new Founder(new Caller(history, client, traffic), owner, roles);
  const group = await founder.group();
  const lists: Thing[] = [];
  for (let index = 0; index < SHARED_LISTS; index += 1) {
    lists.push(await founder.list(`Shared ${index}`));
  }
  const identities: Identity[] = [];
  for (let index = 0; index < writers; index += 1) {
    const secret = lastingSecret(await founder.key(`writer-${index}`, 'owner', null));
    identities.push({ name: `w${index}`, secret, rowKey: await founder.key(`rows-${index}`, 'integration', group) });
  }
  const roleIds = new Set(Object.values(roles));
  const origin = { hubId: made.hub.id, roleIds, keyIds: new Set([made.api_key.id]) };
  return { origin, owner, roles, group, lists, identities, history, traffic };
}

async function rolesOf(client: HttpClient, owner: string): Promise<Record<string, string>> {
  const answer = await client.get(`${MANAGEMENT}/roles`, { authorization: `Bearer ${owner}` });
  const { data } = bodyOf<{ data: { identifier: string; id: string }[] }>(answer);
  return Object.fromEntries(data.map(({ identifier, id }) => [identifier, id]));
}

class Founder {
  constructor(
    private readonly caller: Caller,
    private readonly credential: string,
    private readonly roles: Readonly<Record<string, string>>,
  ) {}

  group(): Promise<Thing> {
    const permissions = { lists: [{ list_id: '*', rights: ['read', 'add', 'change', 'delete'] }] };
    return this.make('groups', 'hub.group.create', this.caller.history.thing('group', 'Writers'), {
      name: 'Writers',
      description: null,
      permissions,
    });
  }

  list(name: string): Promise<Thing> {
    const body = { name, description: null, columns: COLUMNS };
    return this.make('lists', 'hub.list.create', this.caller.history.thing('list', name), body);
  }

  key(name: string, role: string, group: Thing | null): Promise<Thing> {
    const body = {
      name,
      description: null,
      role_id: this.roles[role],
      group_id: group?.id ?? null,
      scopes: group ? SCOPES.slice(0, 2) : [],
      ips: null,
      expires_at: null,
    };
    return this.make('api-keys', 'hub.apikey.create', this.caller.history.thing('api_key', name), body, BORN_KEY);
  }

  private async make(path: string, event: string, thing: Thing, body: object, born: Facts = {}): Promise<Thing> {
    const after = { ...body, ...born, revision: 1, deleted: false };
    const done = await this.caller.write({
      name: `found ${thing.kind}`,
      method: 'POST',
      path: `${MANAGEMENT}/${path}`,
      body,
      credential: this.credential,
      effects: [{ thing, after, trace: { event, feed: thing.kind === 'api_key' } }],
      learn: (answer) => learnThing(thing, answer),
    });
    if (!done) {
      throw new Error(`${thing.kind} ${thing.marker} could not be made.`);
    }
    return thing;
  }
}

/** What every key begins with, beside what its maker asked for. */
export const BORN_KEY: Facts = { state: 'live', kv: 1, secretCount: 1, overlapping: 0, ended: 0 };

/** Takes the id, and a key's secret, from the answer to a creation. */
export function learnThing(thing: Thing, { data }: Json): void {
  const { id, secret } = data as { id: string; secret?: string };
  thing.id = id;
  if (thing.kind === 'api_key' && secret !== undefined) {
    thing.secrets.push({ text: secret, id: null, state: 'lasting' });
  }
}
