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

const MANAGED = '/v1/hubs/current/variables';
const VARIABLE = '/public-api/v1/variables/variable';

/** The variable of the examples. */
async function lineSpeed({ owner }: World): Promise<string> {
  const answer = await owner.post(MANAGED, { name: 'LineSpeed', type: 'Number', value: 12.5 }).expect(201);
  return (answer.body as { data: { id: string } }).data.id;
}

/** By `METHOD path`: what is sent about variables. */
export const VARIABLE_RUNS: Readonly<Record<string, Run>> = {
  [`POST ${MANAGED}`]: ({ owner }, body) => owner.post(MANAGED, body),
  [`PATCH ${MANAGED}/{variableId}`]: async (world, body) =>
    world.owner.patch(`${MANAGED}/${await lineSpeed(world)}`, body),
  [`PUT ${VARIABLE}`]: async (world, body) => {
    await lineSpeed(world);
    const { app, hub } = world;
    const variables = [{ variable_id: '*', rights: ['write'] as const }];
    const caller = await app.create.integrator(hub, { groupId: await app.create.group(hub, { lists: [], variables }) });
    return caller.put(VARIABLE, body);
  },
};
