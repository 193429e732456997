import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { dataOf } from '../support/management.js';
import { type TestApp } from '../support/test-app.js';

interface World {
  readonly app: TestApp;
  readonly hub: TestHub;
  readonly owner: Client;
}

type Body = Readonly<Record<string, unknown>>;
type Run = (world: World, body: Body) => PromiseLike<Awaited<ReturnType<Client['get']>>>;

const PATH = '/v1/hubs/current/alert-subscriptions';

async function subscription({ owner }: World): Promise<string> {
  const answer = await owner.post(PATH, { url: 'https://hooks.example.com/' }).expect(201);
  return `${PATH}/${dataOf<{ id: string }>(answer).id}`;
}

/** By `METHOD path`: the operations on alert subscriptions that take a body. */
export const WEBHOOK_RUNS: Readonly<Record<string, Run>> = {
  [`POST ${PATH}`]: async ({ app, hub, owner }, body) =>
    owner.post(PATH, { ...body, ...('group_id' in body && { group_id: await app.create.group(hub) }) }),
  [`PATCH ${PATH}/{alertSubscriptionId}`]: async (world, body) => world.owner.patch(await subscription(world), body),
  [`POST ${PATH}/{alertSubscriptionId}/rotate`]: async (world, body) =>
    world.owner.post(`${await subscription(world)}/rotate`, body),
};
