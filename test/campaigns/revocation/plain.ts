import { type ProxiedNode } from '../support/proxied-node.js';
import { inLanes, type Outcome, type Scenario } from './scenario.js';
import { KINDS } from './victims.js';
import { type EventResult } from './watch.js';
import { type World } from './world.js';

const LANES = 10;

/** One change of the next kind, by an ordinary call on this node. */
export async function changeOnce(world: World, node: ProxiedNode): Promise<EventResult> {
  const watch = await world.openWatch();
  const { status, body } = await watch.change(node);
  if (status >= 300 || status === 0) {
    await watch.abandon();
    const problem = `${watch.kind.name} (${watch.kind.door}): the change was answered ${status}: ${body.slice(0, 200)}`;
    return { kind: watch.kind.name, nodes: [], problems: [problem] };
  }
  return watch.finish();
}

/** All kinds on the one node, then all on the other. */
function nodeFor({ nodes }: World, turn: number): ProxiedNode {
  return nodes[Math.trunc(turn / KINDS.length) % 2];
}

async function run(world: World, count: number): Promise<Outcome> {
  const events = await inLanes(count, LANES, (turn) => changeOnce(world, nodeFor(world, turn)));
  return { events };
}

export const PLAIN: Scenario = {
  name: 'plain',
  about: 'changes on both nodes in turn, under load, nothing broken',
  events: 560,
  run,
};
