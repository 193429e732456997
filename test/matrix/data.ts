import { type DataRight } from '../../src/access/index.js';
import { addList, addRule, claim } from '../domain/support.js';
import { type TestHub } from '../support/factory.js';
import { type TestApp } from '../support/test-app.js';

const DATA_GROUP = 'Whose alerts are asked about';
const ALERTS = '/public-api/v1/alerts';
const VARIABLES = '/v1/hubs/current/variables';

/** The group whose alerts the requests name. It may do everything with them, and with every variable. */
export async function makeDataGroup(app: TestApp, hub: TestHub): Promise<void> {
  const root = app.as((await app.create.ownerKey(hub)).secret);
  const rights: readonly DataRight[] = ['read', 'write'];
  const permissions = { lists: [], alerts: rights, variables: [{ variable_id: '*', rights }] };
  await root.post('/v1/hubs/current/groups', { name: DATA_GROUP, permissions }).expect(201);
}

export async function dataGroupOf(app: TestApp, hub: TestHub): Promise<string> {
  const sql = 'SELECT id FROM user_group WHERE hub_id = ? AND name = ?';
  return (await app.database.query<{ id: string }>(sql, [hub.id, DATA_GROUP]))[0]?.id ?? '';
}

/** An alert of that group that nobody has solved. */
export async function sendAlert(app: TestApp, hub: TestHub): Promise<string> {
  const caller = await app.create.integrator(hub, { groupId: await dataGroupOf(app, hub) });
  const { body } = await caller.post(ALERTS, { type: 'Info', message: `Of ${hub.name}` }).expect(200);
  return (body as { NotificationID: string }).NotificationID;
}

export async function makeVariable(app: TestApp, hub: TestHub, name: string): Promise<string> {
  const root = app.as((await app.create.ownerKey(hub)).secret);
  const { body } = await root.post(VARIABLES, { name, type: 'String', value: `Of ${hub.name}` }).expect(201);
  return (body as { data: { id: string } }).data.id;
}

/** A domain, or a rule or a list as its path below the domains. */
export async function makeDomain(
  app: TestApp,
  hub: TestHub,
  thing: 'domain' | 'domain-rule' | 'rule-list',
): Promise<string> {
  const root = app.as((await app.create.ownerKey(hub)).secret);
  const name = await claim(root);
  switch (thing) {
    case 'domain':
      return name;
    case 'domain-rule':
      return `${name}/services/rp/rules/phases/firewall/rule/${await addRule(root, name)}`;
    case 'rule-list':
      return `${name}/services/rp/rules/lists/${await addList(root, name)}`;
  }
}
