import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { useTestApp } from '../support/test-app.js';
import { at, domainOf, setRules } from './support.js';

const test = useTestApp();
const SECRET = 'not-for-the-log';
const EVERYBODY = 'ip.src in {0.0.0.0/0 ::/0}';
const PATH = '/v1/hubs/current/whoami';

let lines: Record<string, unknown>[];
beforeEach(() => {
  lines = [];
  vi.spyOn(Logger.prototype, 'log').mockImplementation((facts: unknown, message: unknown) => {
    if (message === 'rule acted') {
      lines.push(facts as Record<string, unknown>);
    }
  });
});

async function ruled(...rules: Parameters<typeof setRules>[2]) {
  const hub = await test.app.create.hub();
  const domain = await domainOf(test.app, hub);
  const ids = await setRules(test.app, domain, rules);
  const caller = at(test.app.as((await test.app.create.ownerKey(hub)).secret), domain);
  return { hub, domain, ids, caller };
}

describe('the line that a rule writes', () => {
  it('tells which rule did what, of which hub, and about which request', async () => {
    const { hub, domain, ids, caller } = await ruled([EVERYBODY, 'log'], [EVERYBODY, 'deny']);
    const { headers } = await caller.get(`${PATH}?token=${SECRET}`).expect(403);

    const request = { requestId: headers['x-request-id'], method: 'GET', path: PATH, client: '127.0.0.1' };
    const common = { hub: hub.id, host: domain.name, ...request, times: 1 };
    expect(lines).toEqual([
      { rule: ids[0], action: 'log', ...common },
      { rule: ids[1], action: 'deny', ...common },
    ]);
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });

  it('is short, however long the path', async () => {
    const { caller } = await ruled([EVERYBODY, 'log']);
    await caller.get(`/v1/${'a/'.repeat(4000)}`);

    expect(lines).toHaveLength(1);
    expect(String(lines[0]?.['path']).length).toBe(250);
  });

  it('is also written for a challenge, and not for what is let in', async () => {
    const challenged = await ruled([EVERYBODY, 'challenge']);
    await challenged.caller.get(PATH).expect(200);
    const allowed = await ruled([EVERYBODY, 'allow']);
    await allowed.caller.get(PATH).expect(200);

    expect(lines.map(({ rule, action }) => [rule, action])).toEqual([[challenged.ids[0], 'challenge']]);
  });

  it('is one a second for each rule, with how often it acted since the last', async () => {
    const first = await ruled([EVERYBODY, 'deny']);
    const second = await ruled([EVERYBODY, 'deny']);
    for (let times = 0; times < 5; times += 1) {
      await first.caller.get(PATH).expect(403);
    }
    await second.caller.get(PATH).expect(403);
    test.app.clock.advance(60_000);
    await first.caller.get(PATH).expect(403);

    const told = lines.map(({ rule, times }) => [rule, times]);
    expect(told[0]).toEqual([first.ids[0], 1]);
    expect(told.filter(([rule]) => rule === second.ids[0])).toEqual([[second.ids[0], 1]]);
    const times = told.filter(([rule]) => rule === first.ids[0]).map(([, count]) => Number(count));
    expect(times.reduce((sum, count) => sum + count, 0)).toBe(6);
  });

  it('is written once for a request that can be read in two ways', async () => {
    const { ids, caller } = await ruled([EVERYBODY, 'log']);
    await caller.get(`/v1//hubs/current/whoami`);

    expect(lines.map(({ rule, times }) => [rule, times])).toEqual([[ids[0], 1]]);
  });
});
