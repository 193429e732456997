import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { type TestApp } from '../support/test-app.js';

interface World {
  readonly app: TestApp;
  readonly hub: TestHub;
  readonly owner: Client;
}

type Body = Readonly<Record<string, unknown>>;
type Run = (world: World, body: Body) => PromiseLike<Awaited<ReturnType<Client['get']>>>;

const LISTS = '/v1/hubs/current/lists';
const LIST = '/public-api/v1/lists/list';

/** The list of the samples, with a row in it. */
async function pathOfList({ app, hub }: World): Promise<string> {
  const { id, name } = await app.create.list(hub);
  const caller = await app.create.integrator(hub);
  await caller.post('/public-api/v1/lists/items', { listName: name, data: { Quantity: 1 } }).expect(200);
  return `${LISTS}/${id}`;
}

/** By `METHOD path`: what changes lists while they stay. */
export const COLUMN_RUNS: Readonly<Record<string, Run>> = {
  [`PATCH ${LISTS}/{listId}`]: async (world, body) => world.owner.patch(await pathOfList(world), body),
  [`POST ${LISTS}/{listId}/columns`]: async (world, body) =>
    world.owner.post(`${await pathOfList(world)}/columns`, body),
  [`PATCH ${LISTS}/{listId}/columns/{columnId}`]: async (world, body) =>
    world.owner.patch(`${await pathOfList(world)}/columns/2`, body),
  [`DELETE ${LIST}`]: async (world, body) => {
    await pathOfList(world);
    return (await world.app.create.integrator(world.hub)).delete(LIST, body);
  },
};
