import { beforeAll, describe, expect, it } from 'vitest';
import { type DataRight, type Scope, SCOPES } from '../../src/access/index.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { useTestApp } from '../support/test-app.js';
import { dataGroupOf, makeDataGroup, makeVariable, sendAlert } from './data.js';

const test = useTestApp();

const PUBLIC = '/public-api/v1';
const ALERTS = `${PUBLIC}/alerts`;
const VARIABLES = `${PUBLIC}/variables`;
const NAME = 'Shift';

let hub: TestHub;
let variableId: string;

beforeAll(async () => {
  hub = await test.app.create.hub();
  await makeDataGroup(test.app, hub);
  variableId = await makeVariable(test.app, hub, NAME);
});

/** Every subset, from nothing to everything. */
function subsets<T>(all: readonly T[]): { names: string; subset: T[] }[] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => {
    const subset = all.filter((_one, index) => (bits & (1 << index)) !== 0);
    return { names: subset.join(' ') || 'nothing', subset };
  });
}

interface Outcome {
  readonly status: number;
  /** What the refusal says is missing. */
  readonly lacks?: string;
}

type Try = readonly [
  name: string,
  area: 'alerts' | 'lists',
  right: DataRight,
  ask: (caller: Client) => PromiseLike<Answer>,
];
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const TRIES = (alertId: string): readonly Try[] => [
  ['list alerts', 'alerts', 'read', (caller) => caller.get(ALERTS)],
  ['read an alert', 'alerts', 'read', (caller) => caller.get(`${ALERTS}/alert?NotificationId=${alertId}`)],
  ['send an alert', 'alerts', 'write', (caller) => caller.post(ALERTS, { type: 'Info', message: 'x' })],
  ['solve an alert', 'alerts', 'write', (caller) => caller.put(`${ALERTS}/solve`, { notificationId: alertId })],
  ['solve all', 'alerts', 'write', (caller) => caller.put(`${ALERTS}/solve`, { all: true })],
  ['delete an alert', 'alerts', 'write', (caller) => caller.delete(ALERTS, { notificationId: alertId })],
  ['delete all', 'alerts', 'write', (caller) => caller.delete(ALERTS, { all: true })],
  ['list variables', 'lists', 'read', (caller) => caller.get(VARIABLES)],
  ['read a variable', 'lists', 'read', (caller) => caller.get(`${VARIABLES}/variable?Name=${NAME}`)],
  ['set a variable', 'lists', 'write', (caller) => caller.put(`${VARIABLES}/variable`, { name: NAME, value: 'late' })],
];

async function tryAll(caller: Client, alertId: string): Promise<Record<string, Outcome>> {
  const outcomes: [string, Outcome][] = [];
  for (const [name, , , ask] of TRIES(alertId)) {
    const { status, body } = await ask(caller);
    const { extra } = body as { extra?: { scope?: string; right?: string } };
    const lacks = extra?.scope ?? extra?.right;
    outcomes.push([name, lacks === undefined ? { status } : { status, lacks }]);
  }
  return Object.fromEntries(outcomes);
}

/** The rule of this file: the scope first, then the right; a variable without any right that is left is not there. */
function rule(rights: readonly DataRight[], scopes: readonly Scope[]): Record<string, Outcome> {
  const decide = ([name, area, right]: Try): Outcome => {
    const scope: Scope = `${right}:${area}`;
    const effective = rights.filter((one) => scopes.includes(`${one}:${area}`));
    if (!scopes.includes(scope)) {
      return { status: 403, lacks: scope };
    }
    if (name === 'list variables' || effective.includes(right)) {
      return { status: 200 };
    }
    return area === 'lists' && effective.length === 0 ? { status: 404 } : { status: 403, lacks: right };
  };
  return Object.fromEntries(TRIES('').map((one) => [one[0], decide(one)]));
}

describe('a key with every right on alerts and variables, and the scopes', () => {
  it.each(subsets(SCOPES))('$names may do exactly what these scopes let through', async ({ subset }) => {
    const alertId = await sendAlert(test.app, hub);

    const caller = await test.app.create.integrator(hub, {
      groupId: await dataGroupOf(test.app, hub),
      scopes: subset,
    });

    expect(await tryAll(caller, alertId)).toEqual(rule(['read', 'write'], subset));
  });
});

describe('a key with every scope and the group rights', () => {
  it.each(subsets(['read', 'write'] as const))('$names may do exactly what its group grants', async ({ subset }) => {
    const variables = subset.length === 0 ? [] : [{ variable_id: variableId, rights: subset }];
    const groupId = await test.app.create.group(hub, { lists: [], alerts: subset, variables });
    const caller = await test.app.create.integrator(hub, { groupId });
    const foreign = await sendAlert(test.app, hub);

    const outcomes = await tryAll(caller, foreign);

    // The alert is another group's: whoever may touch alerts at all does not find it.
    const missing = (name: string) => ['read an alert', 'solve an alert', 'delete an alert'].includes(name);
    const expected = Object.entries(rule(subset, SCOPES)).map(([name, outcome]) => [
      name,
      outcome.status === 200 && missing(name) ? { status: 404 } : outcome,
    ]);
    expect(outcomes).toEqual(Object.fromEntries(expected));
  });
});
