import { describe, expect, it } from 'vitest';
import { LIST_RIGHTS, type ListRight, type Scope, SCOPES } from '../../src/access/index.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

const PUBLIC = '/public-api/v1';
const ITEMS = `${PUBLIC}/lists/items`;
const LIST = 'StockInfo';

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

type Outcomes = Readonly<Record<'lists' | 'list' | 'sql' | 'row' | 'add' | 'change' | 'delete' | 'clear', Outcome>>;

/** The rule of this file: the scope first, then the right; with no right at all the list is not there. */
function rule(rights: readonly ListRight[], scopes: readonly Scope[]): Outcomes {
  const needs = (right: ListRight): Scope => (right === 'read' ? 'read:lists' : 'write:lists');
  const effective = rights.filter((right) => scopes.includes(needs(right)));
  const decide = (right: ListRight): Outcome => {
    if (!scopes.includes(needs(right))) {
      return { status: 403, lacks: needs(right) };
    }
    if (effective.length === 0) {
      return { status: 404 };
    }
    return effective.includes(right) ? { status: 200 } : { status: 403, lacks: right };
  };
  const lists = scopes.includes('read:lists') ? { status: 200 } : { status: 403, lacks: 'read:lists' };
  // In a statement a list that may not be read is a name like any other that nobody gave.
  const sql = decide('read').lacks === 'read:lists' || effective.includes('read') ? decide('read') : { status: 422 };
  return {
    lists,
    list: decide('read'),
    sql,
    row: decide('read'),
    add: decide('add'),
    change: decide('change'),
    delete: decide('delete'),
    clear: decide('clear'),
  };
}

async function tryAll(caller: Client): Promise<Outcomes> {
  const data = { Quantity: 1 };
  const row = { listName: LIST, rowId: 1 };
  return {
    lists: outcome(await caller.get(`${PUBLIC}/lists`)),
    list: outcome(await caller.get(`${PUBLIC}/lists/list?Name=${LIST}`)),
    sql: outcome(await caller.post(`${PUBLIC}/lists/list`, { sql: `select * from ${LIST}` })),
    row: outcome(await caller.get(`${ITEMS}?Name=${LIST}&RowId=1`)),
    add: outcome(await caller.post(ITEMS, { listName: LIST, data })),
    change: outcome(await caller.put(ITEMS, { ...row, data })),
    delete: outcome(await caller.delete(ITEMS, row)),
    clear: outcome(await caller.delete(`${PUBLIC}/lists/list`, { listName: LIST })),
  };
}

function outcome({ status, body }: { status: number; body: unknown }): Outcome {
  const { extra } = body as { extra?: { scope?: string; right?: string } };
  const lacks = extra?.scope ?? extra?.right;
  return lacks === undefined ? { status } : { status, lacks };
}

async function stocked(hub: TestHub): Promise<void> {
  await test.app.create.list(hub, LIST);
  const filler = await test.app.create.integrator(hub, { rights: ['add'] });
  await filler.post(ITEMS, { listName: LIST, data: { Quantity: 7 } }).expect(200);
}

async function namesOfReadable(caller: Client, readable: boolean): Promise<void> {
  const { body } = await caller.get(`${PUBLIC}/lists`).expect(200);
  expect((body as { name: string }[]).map(({ name }) => name)).toEqual(readable ? [LIST] : []);
}

describe('a key with every right and the scopes', () => {
  it.each(subsets(SCOPES))('$names may do exactly what these scopes let through', async ({ subset }) => {
    const hub = await test.app.create.hub();
    await stocked(hub);

    const caller = await test.app.create.integrator(hub, { rights: LIST_RIGHTS, scopes: subset });

    expect(await tryAll(caller)).toEqual(rule(LIST_RIGHTS, subset));
  });
});

describe('a key with every scope and the group rights', () => {
  it.each(subsets(LIST_RIGHTS))('$names may do exactly what its group grants', async ({ subset }) => {
    const hub = await test.app.create.hub();
    await stocked(hub);
    const lists = subset.length === 0 ? [] : [{ list_id: '*', rights: subset }];
    const groupId = await test.app.create.group(hub, { lists });

    const caller = await test.app.create.integrator(hub, { groupId });

    expect(await tryAll(caller)).toEqual(rule(subset, SCOPES));
    await namesOfReadable(caller, subset.includes('read'));
  });
});

describe('a token issued with some scopes, whose key then has others', () => {
  const both: readonly Scope[] = ['read:lists', 'write:lists'];
  const pairs = subsets(both).flatMap((issued) => subsets(both).map((now) => ({ issued, now })));

  it.each(pairs)('$issued.names, then $now.names: what both hold', async ({ issued, now }) => {
    const hub = await test.app.create.hub();
    await stocked(hub);
    const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
    const key = await test.app.create.integrationKey(hub, { scopes: issued.subset });
    const caller = test.app.as(await test.app.create.token(key));
    await owner.patch(`/v1/hubs/current/api-keys/${key.id}`, { scopes: now.subset }).expect(200);

    const shared = issued.subset.filter((scope) => now.subset.includes(scope));

    expect(await tryAll(caller)).toEqual(rule(LIST_RIGHTS, shared));
  });
});

describe('a group with rights on one list', () => {
  it.each(LIST_RIGHTS)('does not carry "%s" over to another list', async (right) => {
    const hub = await test.app.create.hub();
    await stocked(hub);
    const { id } = await test.app.create.list(hub, 'Another');
    const groupId = await test.app.create.group(hub, { lists: [{ list_id: id, rights: [right] }] });

    const caller = await test.app.create.integrator(hub, { groupId });

    const nothing = rule([], SCOPES);
    expect(await tryAll(caller)).toEqual(nothing);
    const { body } = await caller.get(`${PUBLIC}/lists`).expect(200);
    expect(body).toEqual(right === 'read' ? [{ id: 2, name: 'Another' }] : []);
  });
});
