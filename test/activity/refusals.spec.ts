import { describe, expect, it } from 'vitest';
import { UsageLog } from '../../src/access/index.js';
import { RefusalWriter } from '../../src/modules/activity/index.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

interface Refusal {
  readonly annotations: { readonly code: string; readonly count: number };
  readonly session: { readonly ip: string; readonly api_key: string };
}

async function refusalsOf(hubId: string): Promise<Refusal[]> {
  const sql = "SELECT body FROM activity WHERE hub_id = ? AND event = 'hub.apikey.refused' ORDER BY id";
  const rows = await test.app.database.query<{ body: string }>(sql, [hubId]);
  return rows.map(({ body }) => JSON.parse(body) as Refusal);
}

describe('the refusals of a known key', () => {
  it('become one activity row per address and code, with the count', async () => {
    const hub = await test.app.create.hub();
    const key = await test.app.create.key({ hub, capabilities: [], ips: ['192.0.2.0/24'] });
    const caller = test.app.as(key.secret);
    for (let time = 0; time < 3; time += 1) {
      await caller.from('192.0.2.1').get('/v1/hubs/current/roles').expect(403);
    }
    await caller
      .from('192.0.2.1')
      .with({ 'x-hub-id': 'f'.repeat(24) })
      .get('/v1/hubs/current')
      .expect(403);
    await caller.from('198.51.100.1').get('/v1/hubs/current').expect(403);
    await test.app.nest.get(RefusalWriter).flush();

    const told = (await refusalsOf(hub.id)).map(({ annotations, session }) => [
      annotations.code,
      session.ip,
      annotations.count,
    ]);
    expect(new Set(told)).toEqual(
      new Set([
        ['403.invalid-ip', '198.51.100.1', 1],
        ['403.permissions', '192.0.2.1', 3],
        ['403.wrong-hub', '192.0.2.1', 1],
      ]),
    );
  });

  it('include what the ceiling refused', async () => {
    const hub = await test.app.create.hub();
    const admin = await test.app.create.caller({ hub, capabilities: ['api-keys-manage'], rank: 5 });
    await admin.post('/v1/hubs/current/api-keys', { name: 'up', role_id: hub.roles['owner'] }).expect(403);
    await test.app.nest.get(RefusalWriter).flush();

    expect((await refusalsOf(hub.id)).map(({ annotations }) => annotations)).toEqual([
      { code: '403.permissions', count: 1 },
    ]);
  });

  it('are not lost when they cannot be written: they wait and add up', async () => {
    const hub = await test.app.create.hub();
    const caller = await test.app.create.caller({ hub });
    await caller.get('/v1/hubs/current/roles').expect(403);
    const usage = test.app.nest.get(UsageLog);
    usage.putBack([], usage.drainRefusals());
    await caller.get('/v1/hubs/current/roles').expect(403);
    await test.app.nest.get(RefusalWriter).flush();

    expect((await refusalsOf(hub.id)).map(({ annotations }) => annotations.count)).toEqual([2]);
  });

  it('are written also beside one whose hub is gone', async () => {
    const hub = await test.app.create.hub();
    const key = await test.app.create.key({ hub });
    const usage = test.app.nest.get(UsageLog);
    const missing = { subjectType: 'api-key', subjectId: 'f'.repeat(24) } as const;
    const gone = { hubId: 'f'.repeat(24), ...missing, address: null, code: '403.permissions' };
    usage.putBack([], [{ ...gone, count: 1, lastAt: test.app.clock.now() }]);
    await test.app.as(key.secret).get('/v1/hubs/current/roles').expect(403);
    await test.app.nest.get(RefusalWriter).flush();

    expect((await refusalsOf(hub.id)).map(({ annotations }) => annotations.count)).toEqual([1]);
    expect(usage.drainRefusals()).toEqual([]);
  });

  it('do not exist for keys that are garbled: those are counted, and nothing more', async () => {
    const usage = test.app.nest.get(UsageLog);
    usage.drainMalformed();
    await test.app.as('hgk_nonsense').get('/v1/hubs/current').expect(401);

    expect(usage.drainMalformed()).toBe(1);
    expect(usage.drainRefusals()).toEqual([]);
  });
});
