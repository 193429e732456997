import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HubNetworks } from '../../src/modules/outbound/index.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { dataOf, ownedHub } from '../support/management.js';
import { TestApp } from '../support/test-app.js';

// What the published samples do with boxes (public contract §2, §8), against a box that answers as the reference says.

const BOX = '/public-api/v1/box';
const MANAGED = '/v1/hubs/current/boxes';
const BOX_ID = 'PB0000PT';
const FUNCTIONS = [
  {
    Name: 'SubmitAlarm',
    Description: 'Shows an alarm',
    ReturnType: 'Boolean',
    Parameters: [
      { ParameterName: 'AlarmTime', ParameterType: 'String', Description: null },
      { ParameterName: 'Line', ParameterType: 'Number', Description: 'Which line' },
    ],
  },
  { Name: 'Reset', Description: null, ReturnType: 'None', Parameters: [] },
];

interface Called {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

let box: Server;
let app: TestApp;
let hub: TestHub;
let key: string;
const called: Called[] = [];

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

/** A box: it tells its functions, `SubmitAlarm` answers true, and everything else nothing. */
function startBox(): Promise<Server> {
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const { method, url, headers } = request;
      called.push({ method, url, authorization: headers.authorization, body: text === '' ? null : JSON.parse(text) });
      const answer =
        method === 'GET' ? JSON.stringify(FUNCTIONS) : url?.endsWith('/SubmitAlarm') === true ? 'true' : '';
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

beforeAll(async () => {
  box = await startBox();
  const { port } = box.address() as AddressInfo;
  app = await TestApp.start({ environment: { OUTBOUND_LOOPBACK: 'allow', BOX_PORT: String(port) } });
  const owned = await ownedHub(app);
  hub = owned.hub;
  const change = { purposes: ['box'], allow: ['127.0.0.0/8'], deny: [], remove: [] } as const;
  await app.nest.get(HubNetworks).change(hub.id, change);
  const input = {
    box_id: BOX_ID,
    name: 'Line 1',
    address: `127.0.0.1:${port}`,
    credentials: { user: 'hub', password: 'of the box' },
  };
  const { id } = dataOf(await owned.owner.post(MANAGED, input).expect(201));
  const { token } = dataOf<{ token: string }>(await owned.owner.post(`${MANAGED}/${String(id)}/token`).expect(201));
  const report = { version: '4.1.2', state: 'online', functions: FUNCTIONS };
  await app.as(token).post(`${BOX}/report`, report).expect(200);
  const boxes = [{ box_id: '*', rights: ['read', 'write'] as const }];
  const groupId = await app.create.group(hub, { lists: [], boxes });
  key = (await app.create.integrationKey(hub, { groupId })).secret;
}, 60_000);

afterAll(async () => {
  await app?.stop();
  box.close();
});

beforeEach(() => {
  called.length = 0;
});

async function exchange(): Promise<Client> {
  const { body } = await app.anonymous.with({ apiKey: key }).get('/public-api/v1/auth/token').expect(200);
  return app.as((body as { accessToken: string }).accessToken);
}

describe('the C# sample', () => {
  it('exchanges the key, drops its header and lists the boxes of its group', async () => {
    const caller = await exchange();

    const { body } = await caller.get(BOX).expect(200);

    expect(body).toEqual([
      expect.objectContaining({ name: 'Line 1', boxID: BOX_ID, runtimeVersion: '4.1.2', state: 'online' }),
    ]);
  });
});

describe('the Python sample of functions', () => {
  it('shows the functions of a box with their parameters', async () => {
    const caller = await exchange();

    const { body } = await caller.get(`${BOX}/functions?boxId=${BOX_ID}`).expect(200);

    expect((body as { Name: string }[]).map(({ Name }) => Name).sort()).toEqual(['Reset', 'SubmitAlarm']);
    expect(body).toEqual(expect.arrayContaining([FUNCTIONS[0]]));
  });

  it('runs one that returns something, and prints the body as it is', async () => {
    const caller = await exchange();
    const parameters = [
      { name: 'AlarmTime', value: '10:30' },
      { name: 'Line', value: 2 },
    ];

    const answer = await caller.post(`${BOX}/function`, { boxId: BOX_ID, functionName: 'SubmitAlarm', parameters });

    expect([answer.status, answer.text.toLowerCase()]).toEqual([200, 'true']);
    expect(called.filter(({ url }) => url?.startsWith('/api/functions/'))).toEqual([
      {
        method: 'POST',
        url: '/api/functions/SubmitAlarm',
        authorization: `Basic ${Buffer.from('hub:of the box').toString('base64')}`,
        body: { AlarmTime: '10:30', Line: 2 },
      },
    ]);
  });
});

describe('the Logic App sample', () => {
  it('exchanges the key and runs a function that returns nothing, without parameters', async () => {
    const caller = await exchange();

    const answer = await caller.post(`${BOX}/function`, { boxId: BOX_ID, functionName: 'Reset' });

    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(called.map(({ url }) => url)).toContain('/api/functions/Reset');
  });

  it('needs write:box for it since 2.0', async () => {
    const groupId = await app.create.group(hub, { lists: [], boxes: [{ box_id: '*', rights: ['read', 'write'] }] });
    const caller = await app.create.integrator(hub, { groupId, scopes: ['read:box', 'read:lists'] });

    const answer = await caller.post(`${BOX}/function`, { boxId: BOX_ID, functionName: 'Reset' });

    expect([answer.status, (answer.body as { extra?: unknown }).extra]).toEqual([403, { scope: 'write:box' }]);
    expect(called).toEqual([]);
  });
});
