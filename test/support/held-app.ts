import { afterAll, beforeAll } from 'vitest';
import { hold, holdWatch } from './stillness.js';
import { TestApp } from './test-app.js';

const START_WITHIN_MS = 60_000;

/** One server for all tests of a file, held still from its start on. `take` gets it before the first test. */
export function useHeldApp(take: (app: TestApp) => void): void {
  useHeld(1, ([app]) => take(app as TestApp));
}

/** Two of them on one database: the second hears of the first only through `poll`, and neither acts on ended secrets. */
export function useHeldNodes(take: (here: TestApp, there: TestApp) => void): void {
  useHeld(2, async ([here, there]) => {
    await holdWatch(here as TestApp);
    await holdWatch(there as TestApp);
    take(here as TestApp, there as TestApp);
  });
}

function useHeld(count: number, take: (nodes: readonly TestApp[]) => void | Promise<void>): void {
  const nodes: TestApp[] = [];
  beforeAll(async () => {
    while (nodes.length < count) {
      const node = await (nodes[0]?.secondNode() ?? TestApp.start());
      nodes.push(node);
      await hold(node);
    }
    await take(nodes);
  }, START_WITHIN_MS);
  afterAll(async () => {
    for (const node of nodes.toReversed()) {
      await node.stop();
    }
  });
}
