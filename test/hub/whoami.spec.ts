import { describe, expect, it } from 'vitest';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

describe('GET /v1/hubs/current/whoami', () => {
  it('tells who is asking, what they may do, and the address the server sees', async () => {
    const hub = await test.app.create.hub();
    const key = await test.app.create.key({ hub, capabilities: ['api-keys-manage'], rank: 3 });

    const { body } = await test.app.as(key.secret).from('192.0.2.7').get('/v1/hubs/current/whoami').expect(200);

    expect(body).toMatchObject({
      data: {
        kind: 'api-key',
        hub: { id: hub.id, name: hub.name },
        api_key: { id: key.id },
        role: { id: key.roleId, rank: 3, root: false },
        group: null,
        capabilities: ['api-keys-manage'],
        scopes: [],
        rights: { lists: [] },
        expires_at: null,
        client_address: '192.0.2.7',
      },
    });
  });

  it('costs no SQL once the key is known', async () => {
    const caller = await test.app.create.caller({ hub: await test.app.create.hub() });
    await caller.get('/v1/hubs/current/whoami').expect(200);
    const before = test.app.database.statementCount;
    await caller.get('/v1/hubs/current/whoami').expect(200);
    await caller.get('/v1/hubs/current/whoami').expect(200);

    // The change feed polls beside it; what it sends is not the request's.
    expect(test.app.database.statementCount - before).toBeLessThanOrEqual(1);
  });
});
