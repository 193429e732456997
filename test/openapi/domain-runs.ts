import { addList, addRule, claim, DOMAINS, firewallPath, listPath, listsPath, rulePath } from '../domain/support.js';
import { type Client } from '../support/client.js';

interface World {
  readonly owner: Client;
}

type Body = Readonly<Record<string, unknown>>;
type Answer = Awaited<ReturnType<Client['get']>>;
type Run = (world: World, body: Body) => PromiseLike<Answer>;

const RULES = `${DOMAINS}/{domain}/services/rp/rules`;
const PHASE = `${RULES}/phases/{phase}`;

/** By `METHOD path`: what is sent about domains and their rules. */
export const DOMAIN_RUNS: Readonly<Record<string, Run>> = {
  [`POST ${DOMAINS}`]: ({ owner }, body) => owner.post(DOMAINS, body),
  [`POST ${PHASE}`]: async ({ owner }, body) => owner.post(firewallPath(await claim(owner)), body),
  [`PATCH ${PHASE}/rule/{uuid}`]: async ({ owner }, body) => {
    const name = await claim(owner);
    return owner.patch(rulePath(name, await addRule(owner, name)), body);
  },
  [`PUT ${PHASE}/reorder`]: async ({ owner }, body) => {
    const name = await claim(owner);
    return owner.put(`${firewallPath(name)}/reorder`, { ...body, order: [await addRule(owner, name)] });
  },
  [`POST ${RULES}/lists`]: async ({ owner }, body) => owner.post(listsPath(await claim(owner)), body),
  [`PUT ${RULES}/lists/{uuid}`]: async ({ owner }, body) => {
    const name = await claim(owner);
    return owner.put(listPath(name, await addList(owner, name)), body);
  },
};
