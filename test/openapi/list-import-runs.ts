import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { type TestApp } from '../support/test-app.js';
import { importerKey, LISTS, send } from '../list-import/support/importing.js';

interface World {
  readonly app: TestApp;
  readonly hub: TestHub;
}

type Answer = Awaited<ReturnType<Client['get']>>;
type Run = (world: World, body: unknown) => PromiseLike<Answer>;

async function importer({ app, hub }: World): Promise<Client> {
  return app.as((await importerKey(app, hub)).secret);
}

/** By `METHOD path`: what is sent to import. */
export const LIST_IMPORT_RUNS: Readonly<Record<string, Run>> = {
  [`POST ${LISTS}/imports`]: async (world, body) =>
    send(await importer(world), `${LISTS}/imports?name=Imported`, body as string),
  [`POST ${LISTS}/{listId}/imports`]: async (world, body) => {
    const { id } = await world.app.create.list(world.hub);
    return send(await importer(world), `${LISTS}/${id}/imports?mode=append`, body as string);
  },
};
