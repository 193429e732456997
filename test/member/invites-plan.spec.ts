import { afterEach, describe, expect, it, vi } from 'vitest';
import { SelectQueryBuilder } from 'typeorm';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();
afterEach(() => {
  vi.restoreAllMocks();
});

/** How the database reads what a request asks for, in its own words. */
async function planOf(path: string): Promise<string> {
  const { database } = test.app;
  const { token } = await test.app.people.session(await test.app.people.account());
  const asked: [string, unknown[]][] = [];
  vi.spyOn(SelectQueryBuilder.prototype, 'getMany').mockImplementation(function (this: SelectQueryBuilder<object>) {
    asked.push(this.getQueryAndParameters() as [string, unknown[]]);
    return Promise.resolve([]);
  });
  await test.app.as(token).get(path).expect(200);
  const [sql, parameters] = asked.at(-1) ?? ['', []];
  const explain = database.kind === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN FORMAT=TRADITIONAL';
  return JSON.stringify(await database.query<object>(`${explain} ${sql}`, parameters));
}

describe('a person’s own list', () => {
  it.each([
    ['of invites', '/v1/account/invites', 'ix_membership_recipient'],
    ['of memberships', '/v1/account/memberships', 'ix_membership_member'],
  ])('%s is read by an index, however many others there are', async (_, path, index) => {
    expect(await planOf(path)).toContain(index);
  });
});
