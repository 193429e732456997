import { HubNetworks } from '../../src/modules/outbound/index.js';
import { BoxSimulator } from '../support/box-simulator.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { type TestApp } from '../support/test-app.js';

interface World {
  readonly app: TestApp;
  readonly hub: TestHub;
  readonly owner: Client;
}

type Body = Readonly<Record<string, unknown>>;
type Answer = Awaited<ReturnType<Client['get']>>;
type Run = (world: World, body: Body) => PromiseLike<Answer>;

const BOXES = '/v1/hubs/current/boxes';
const BOX = '/public-api/v1/box';

/** Where the boxes of the examples are, and that they may be called there. */
export const BOX_ENVIRONMENT = { OUTBOUND_LOOPBACK: 'allow', BOX_PORT: '42404' };

/** Sends the body as an integrator, to the box that it names, which is there for as long as that takes. */
const played =
  (method: 'post' | 'put' | 'delete', path: string): Run =>
  async ({ app, hub }, body) => {
    const machine = await BoxSimulator.start({ host: '127.0.42.1', port: Number(BOX_ENVIRONMENT.BOX_PORT) });
    try {
      const change = { purposes: ['box'], allow: ['127.0.42.0/24'], deny: [], remove: [] } as const;
      await app.nest.get(HubNetworks).change(hub.id, change);
      await app.create.box(hub, { box_id: String(body['boxId']), address: machine.address });
      const permissions = { lists: [], boxes: [{ box_id: '*', rights: ['read', 'write'] as const }] };
      const caller = await app.create.integrator(hub, { groupId: await app.create.group(hub, permissions) });
      return await caller[method](`${BOX}/${path}`, body);
    } finally {
      await machine.stop();
    }
  };

/** By `METHOD path`: every operation on boxes that takes a body. */
export const BOX_RUNS: Readonly<Record<string, Run>> = {
  [`POST ${BOXES}`]: ({ owner }, body) => owner.post(BOXES, body),
  [`PATCH ${BOXES}/{boxId}`]: async ({ app, hub, owner }, body) =>
    owner.patch(`${BOXES}/${(await app.create.box(hub)).id}`, body),
  [`POST ${BOX}/report`]: async ({ app, hub }, body) => {
    const token = await app.create.boxToken(hub, await app.create.box(hub));
    return app.as(token).post(`${BOX}/report`, body);
  },
  [`POST ${BOX}/function`]: played('post', 'function'),
  [`PUT ${BOX}/variables`]: played('put', 'variables'),
  [`POST ${BOX}/lists`]: played('post', 'lists'),
  [`PUT ${BOX}/lists`]: played('put', 'lists'),
  [`DELETE ${BOX}/lists`]: played('delete', 'lists'),
};
