import { newId } from '../../src/common/ids.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { DOMAINS, NO_UUID } from '../domain/support.js';
import { type TestApp } from '../support/test-app.js';
import { CALLERS, type Caller, type Side } from './callers.js';
import { makeDataGroup, makeDomain, makeVariable, sendAlert } from './data.js';
import { type Relation, type Thing, type View } from './policy.js';

const CURRENT = '/v1/hubs/current';
const ROWS_LIST = 'Rows';
const OTHER: Readonly<Record<Side, Side>> = { ours: 'theirs', theirs: 'ours' };

/** One hub with a thing of every kind that lives, and one that was deleted. */
interface Tenant {
  readonly hub: TestHub;
  readonly rows: Client;
  readonly live: Readonly<Record<Thing, string>>;
  readonly deleted: Readonly<Record<Thing, string>>;
  readonly keyId: string;
  readonly groupId: string;
  /** What nobody outside this hub may ever be shown. */
  readonly private: readonly string[];
}

/** Two hubs that know nothing of each other, and everybody who may ask. */
export class World {
  private constructor(
    private readonly app: TestApp,
    private readonly tenants: Readonly<Record<Side, Tenant>>,
    private readonly credentials: ReadonlyMap<string, string | null>,
  ) {}

  static async make(app: TestApp): Promise<World> {
    const tenants = { ours: await tenant(app, 'Ours', [1, 4]), theirs: await tenant(app, 'Theirs', [1, 3]) };
    const credentials = new Map<string, string | null>();
    for (const { name, side, make } of CALLERS) {
      credentials.set(name, await make(app, tenants[side].hub));
    }
    return new World(app, tenants, credentials);
  }

  hubId(side: Side): string {
    return this.tenants[side].hub.id;
  }

  /** Sent with every request of the caller: its credential in both places, so that each door picks its own. */
  headersOf({ name, headers }: Caller): Record<string, string> {
    const credential = this.credentials.get(name) ?? null;
    const hubs = { ours: this.tenants.ours.hub, theirs: this.tenants.theirs.hub };
    return {
      ...(credential === null ? {} : { authorization: `Bearer ${credential}`, apikey: credential }),
      ...headers?.(hubs),
    };
  }

  viewOf({ side }: Caller): View {
    const { keyId, groupId, hub } = this.tenants[side];
    return {
      neverId: newId(),
      rowsListName: ROWS_LIST,
      ownKeyId: keyId,
      ownGroupId: groupId,
      lowRoleId: hub.roles['integration'],
      newName: () => `Made ${newId()}`,
      keyBody: () => ({ name: 'made by the matrix', role_id: hub.roles['integration'] }),
    };
  }

  /** What stands in this relation to the caller. */
  target({ side }: Caller, thing: Thing, relation: Relation): string {
    switch (relation) {
      case 'own':
        return this.tenants[side].live[thing];
      case 'other hub':
        return this.tenants[OTHER[side]].live[thing];
      case 'deleted':
        return this.tenants[side].deleted[thing];
      case 'never existed':
        return neverMade(thing);
    }
  }

  /** One of the caller's own that may be used up. */
  async disposable({ side }: Caller, thing: Exclude<Thing, 'list-name' | 'variable-name'>): Promise<string> {
    const { hub, rows } = this.tenants[side];
    return thing === 'row' ? addRow(rows) : makeThing(this.app, hub, thing);
  }

  /** What the caller may never be shown: everything of the other hub, for nobody everything, and every credential. */
  hiddenFrom({ side, facts }: Caller): string[] {
    const credentials = [...this.credentials.values()].filter((value) => value !== null);
    const own = facts.at === 'nowhere' ? this.tenants[side].private : [];
    return [...own, ...this.tenants[OTHER[side]].private, ...credentials];
  }
}

function neverMade(thing: Thing): string {
  const special: Partial<Record<Thing, string>> = {
    row: '987654',
    'list-name': 'NeverMade',
    'variable-name': 'NeverMade',
    secret: `${newId()}/secrets/${newId()}`,
    column: `${newId()}/columns/1`,
    job: newId(),
    'box-name': 'PB-NeverMade',
    domain: `${newId()}.example.com`,
    'domain-rule': `${newId()}.example.com/services/rp/rules/phases/firewall/rule/${NO_UUID}`,
    'rule-list': `${newId()}.example.com/services/rp/rules/lists/${NO_UUID}`,
  };
  return special[thing] ?? newId();
}

async function tenant(app: TestApp, name: string, keptRows: readonly [number, number]): Promise<Tenant> {
  const hub = await app.create.hub(`${name} ${newId()}`);
  const root = app.as((await app.create.ownerKey(hub)).secret);
  await app.create.list(hub, ROWS_LIST);
  await makeDataGroup(app, hub);
  const rows = await app.create.integrator(hub);
  const deleted = await things(app, hub, `${name}Gone`);
  for (const path of pathsOf(deleted)) {
    await root
      .delete(path.startsWith('/') ? path : `${CURRENT}/${path}`)
      .expect((answer) => expectSuccess(answer.status));
  }
  const leave = "UPDATE membership SET member_id = NULL, state = 'deleted' WHERE member_id = ?";
  await app.database.transaction((tx) => tx.query(leave, [deleted['member-account']]));
  for (const kept of [1, 2, 3, 4]) {
    await addRow(rows);
    if (!keptRows.includes(kept)) {
      await rows.delete('/public-api/v1/lists/items', { listName: ROWS_LIST, rowId: kept }).expect(200);
    }
  }
  const own = await things(app, hub, `${name}Only`);
  const keyId = await makeThing(app, hub, 'api-key');
  const groupId = await makeThing(app, hub, 'group');
  const { row: _row, ...secret } = own;
  return {
    hub,
    rows,
    // Row 3 lives in one hub and row 4 in the other.
    live: { ...own, row: String(keptRows[1]) },
    // Nobody deletes a job.
    deleted: { ...deleted, row: '2', job: newId() },
    keyId,
    groupId,
    private: [hub.id, hub.name, keyId, groupId, ...Object.values(secret), ...Object.values(hub.roles)],
  };
}

const pathsOf = (gone: Readonly<Record<Thing, string>>): string[] => [
  `api-keys/${gone['api-key']}`,
  `api-keys/${gone.secret.slice(0, 24)}`,
  `/api/v1/api_keys/${gone['key-handle']}`,
  // With their domains: what is below a domain that is gone reads like the domain itself.
  ...[gone.domain, gone['domain-rule'], gone['rule-list']].map((path) => `${DOMAINS}/${path.replace(/\/.*/, '')}`),
  `roles/${gone.role}`,
  `groups/${gone.group}`,
  `alert-subscriptions/${gone['alert-subscription']}`,
  `lists/${gone.list}`,
  `alerts/${gone.alert}`,
  `variables/${gone.variable}`,
  `boxes/${gone.box}`,
  `lists/${gone.column.slice(0, 24)}`,
  `members/${gone.member}`,
  `invites/${gone.invite}`,
];

function expectSuccess(status: number): void {
  if (status >= 300) {
    throw new Error(`The world could not be made: status ${status}.`);
  }
}

async function things(app: TestApp, hub: TestHub, listName: string): Promise<Record<Thing, string>> {
  const variableName = `${listName}Variable`;
  return {
    'api-key': await makeThing(app, hub, 'api-key'),
    'key-handle': await makeThing(app, hub, 'key-handle'),
    secret: await makeThing(app, hub, 'secret'),
    domain: await makeThing(app, hub, 'domain'),
    'domain-rule': await makeThing(app, hub, 'domain-rule'),
    'rule-list': await makeThing(app, hub, 'rule-list'),
    role: await makeThing(app, hub, 'role'),
    group: await makeThing(app, hub, 'group'),
    'alert-subscription': await makeThing(app, hub, 'alert-subscription'),
    list: (await app.create.list(hub, listName)).id,
    'list-name': listName,
    column: await makeThing(app, hub, 'column'),
    row: '0',
    alert: await makeThing(app, hub, 'alert'),
    variable: await makeVariable(app, hub, variableName),
    'variable-name': variableName,
    job: await makeThing(app, hub, 'job'),
    member: await makeThing(app, hub, 'member'),
    'member-account': await makeThing(app, hub, 'member-account'),
    invite: await makeThing(app, hub, 'invite'),
    box: (await app.create.box(hub, { box_id: `${listName}-box` })).id,
    'box-name': `${listName}-box`,
  };
}

/** Of the least rank and without any right, so that no ceiling stands in the way of a capability. */
async function makeThing(
  app: TestApp,
  hub: TestHub,
  thing: Exclude<Thing, 'row' | 'list-name' | 'variable-name'>,
): Promise<string> {
  switch (thing) {
    case 'api-key':
      return (await app.create.key({ hub, roleId: hub.roles['integration'] })).id;
    case 'key-handle':
      return namedKey(app, hub);
    case 'domain':
    case 'domain-rule':
    case 'rule-list':
      return makeDomain(app, hub, thing);
    case 'secret':
      return oldSecret(app, hub);
    case 'role':
      return app.create.role(hub, [], 1);
    case 'group':
      return app.create.group(hub, []);
    case 'alert-subscription':
      return subscription(app, hub);
    case 'job':
      return deletion(app, hub);
    case 'member':
      return (await app.people.member({ hub, roleId: hub.roles['analyst'] })).membershipId;
    case 'member-account':
      return (await app.people.member({ hub, roleId: hub.roles['integration'] })).id;
    case 'invite':
      return invitation(app, hub);
    case 'box':
      return (await app.create.box(hub)).id;
    case 'box-name':
      return (await app.create.box(hub)).boxId;
    case 'column':
      return `${(await app.create.list(hub, `List ${newId()}`)).id}/columns/1`;
    case 'list':
      return (await app.create.list(hub, `List ${newId()}`)).id;
    case 'alert':
      return sendAlert(app, hub);
    case 'variable':
      return makeVariable(app, hub, `Variable ${newId()}`);
  }
}

/** A key that is found by what it is called. */
async function namedKey(app: TestApp, hub: TestHub): Promise<string> {
  const name = `Key-${newId()}`;
  await app.create.key({ hub, name, roleId: hub.roles['integration'] });
  return name;
}

/** An invite to somebody who does not know of it yet. */
async function invitation(app: TestApp, hub: TestHub): Promise<string> {
  const root = app.as((await app.create.ownerKey(hub)).secret);
  const body = { recipient: `${newId()}@example.com`, role_id: hub.roles['integration'] };
  const answer = await root.post(`${CURRENT}/invites`, body).expect(201);
  return (answer.body as { data: { id: string } }).data.id;
}

/** An address that is told of alerts, at a server that nobody may call. */
async function subscription(app: TestApp, hub: TestHub): Promise<string> {
  const root = app.as((await app.create.ownerKey(hub)).secret);
  const answer = await root.post(`${CURRENT}/alert-subscriptions`, { url: 'https://hooks.example.com/' }).expect(201);
  return (answer.body as { data: { id: string } }).data.id;
}

/** The job that somebody else's deletion of a role left. */
async function deletion(app: TestApp, hub: TestHub): Promise<string> {
  const root = app.as((await app.create.ownerKey(hub)).secret);
  const roleId = await app.create.role(hub, [], 1);
  const { body } = await root.delete(`${CURRENT}/roles/${roleId}`).expect(202);
  return (body as { data: { job: { id: string } } }).data.job.id;
}

/** A secret whose key has a newer one, as the path below `api-keys`. */
async function oldSecret(app: TestApp, hub: TestHub): Promise<string> {
  const key = await app.create.key({ hub, roleId: hub.roles['integration'] });
  const root = app.as((await app.create.ownerKey(hub)).secret);
  const { body } = await root.post(`${CURRENT}/api-keys/${key.id}/rotate`, { overlap_seconds: 3600 }).expect(201);
  return `${key.id}/secrets/${(body as { meta: { replaced: { id: string } } }).meta.replaced.id}`;
}

async function addRow(rows: Client): Promise<string> {
  const sent = { listName: ROWS_LIST, data: { Quantity: 1 } };
  const { body } = await rows.post('/public-api/v1/lists/items', sent).expect(200);
  return String((body as { addedItem: { value: number }[] }).addedItem[0]?.value);
}
