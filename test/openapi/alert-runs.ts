import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { type TestApp } from '../support/test-app.js';

interface World {
  readonly app: TestApp;
  readonly hub: TestHub;
}

type Body = Readonly<Record<string, unknown>>;
type Answer = Awaited<ReturnType<Client['get']>>;
type Run = (world: World, body: Body) => PromiseLike<Answer>;

const ALERTS = '/public-api/v1/alerts';

async function reporter({ app, hub }: World): Promise<Client> {
  return app.create.integrator(hub, { groupId: await app.create.group(hub, { lists: [], alerts: ['read', 'write'] }) });
}

/** With an alert of its own, whose id stands where the example has one. */
async function withAlert(world: World, body: Body): Promise<{ caller: Client; fresh: Body }> {
  const caller = await reporter(world);
  const { body: sent } = await caller.post(ALERTS, { type: 'Info', message: 'To be dealt with' }).expect(200);
  const { NotificationID } = sent as { NotificationID: string };
  return { caller, fresh: 'notificationId' in body ? { notificationId: NotificationID } : body };
}

/** By `METHOD path`: what is sent about alerts. */
export const ALERT_RUNS: Readonly<Record<string, Run>> = {
  [`POST ${ALERTS}`]: async (world, body) => (await reporter(world)).post(ALERTS, body),
  [`PUT ${ALERTS}/solve`]: async (world, body) => {
    const { caller, fresh } = await withAlert(world, body);
    return caller.put(`${ALERTS}/solve`, fresh);
  },
  [`DELETE ${ALERTS}`]: async (world, body) => {
    const { caller, fresh } = await withAlert(world, body);
    return caller.delete(ALERTS, fresh);
  },
};
