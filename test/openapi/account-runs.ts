import { mailTo } from '../support/outbox.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { type TestAccount } from '../support/people.js';
import { type TestApp } from '../support/test-app.js';
import { newId } from '../../src/common/ids.js';
import {
  ACCOUNT,
  codeOf,
  enable,
  LOGIN,
  newAddress,
  person,
  PASSWORD_PATH,
  signIn,
  TWO_FACTOR,
  VERIFICATION,
} from '../account/support/signing-in.js';

interface World {
  readonly app: TestApp;
  readonly hub: TestHub;
  readonly owner: Client;
}

type Body = Readonly<Record<string, unknown>>;
type Answer = Awaited<ReturnType<Client['get']>>;
type Run = (world: World, body: Body) => PromiseLike<Answer>;

const INVITES = '/v1/hubs/current/invites';

/** Somebody of the password of the examples, signed in; with a second factor when the body has a code. */
async function somebody({ app }: World, body: Body): Promise<{ self: Client; fresh: Body; account: TestAccount }> {
  const account = await person(app);
  const self = (await signIn(app, account)).from(newAddress());
  const fresh = 'totp' in body ? { ...body, totp: codeOf(app, (await enable(app, self)).secret) } : body;
  return { self, fresh, account };
}

async function invite({ owner, hub }: World, recipient: string): Promise<string> {
  const answer = await owner.post(INVITES, { recipient, role_id: hub.roles['integration'] }).expect(201);
  return (answer.body as { data: { id: string } }).data.id;
}

async function mailedToken({ app }: World, address: string): Promise<string> {
  return /hgt_\w+/.exec((await mailTo(app, address)).at(-1)?.text ?? '')?.[0] ?? '';
}

const own = (send: (self: Client, body: Body) => PromiseLike<Answer>): Run => {
  return async (world, body) => {
    const { self, fresh } = await somebody(world, body);
    return send(self, fresh);
  };
};

/** By `METHOD path`: what people send about themselves, and what is sent about people. */
export const ACCOUNT_RUNS: Readonly<Record<string, Run>> = {
  [`POST ${LOGIN}`]: async (world, body) => {
    const { fresh, account } = await somebody(world, body);
    return world.app.anonymous.from(newAddress()).post(LOGIN, { ...fresh, email: account.email });
  },
  [`POST ${ACCOUNT}`]: async (world, body) => {
    const address = `${newId()}@example.com`;
    await invite(world, address);
    const token = await mailedToken(world, address);
    return world.app.anonymous.from(newAddress()).post(ACCOUNT, { ...body, invite_token: token });
  },
  [`PATCH ${ACCOUNT}`]: own((self, body) => self.patch(ACCOUNT, body)),
  [`DELETE ${ACCOUNT}`]: own((self, body) => self.delete(ACCOUNT, body)),
  [`PUT ${PASSWORD_PATH}`]: own((self, body) => self.put(PASSWORD_PATH, body)),
  [`PUT ${VERIFICATION}`]: async (world, body) => {
    const account = await person(world.app, { verifiedAt: null });
    const self = await signIn(world.app, account);
    await self.post(VERIFICATION);
    return self.put(VERIFICATION, { ...body, token: await mailedToken(world, account.email) });
  },
  [`POST ${TWO_FACTOR}`]: own((self, body) => self.post(TWO_FACTOR, body)),
  [`PUT ${TWO_FACTOR}`]: async (world) => {
    const { self } = await somebody(world, {});
    const answer = await self.post(TWO_FACTOR, { password: 'some quite ordinary words' });
    const { secret } = (answer.body as { data: { secret: string } }).data;
    return self.put(TWO_FACTOR, { totp: codeOf(world.app, secret) });
  },
  [`DELETE ${TWO_FACTOR}`]: own((self, body) => self.delete(TWO_FACTOR, body)),
  [`POST ${TWO_FACTOR}/recovery-codes`]: own((self, body) => self.post(`${TWO_FACTOR}/recovery-codes`, body)),
  [`POST ${INVITES}`]: ({ owner, hub }, body) =>
    owner.post(INVITES, { ...body, role_id: hub.roles['integration'], recipient: `${newId()}@example.com` }),
  ['PATCH /v1/hubs/current/members/{memberId}']: async ({ app, owner, hub }, body) => {
    const { membershipId } = await app.people.member({ hub });
    return owner.patch(`/v1/hubs/current/members/${membershipId}`, { ...body, role_id: hub.roles['integration'] });
  },
  ['PATCH /v1/account/invites/{inviteId}']: async (world, body) => {
    const { self, account } = await somebody(world, {});
    return self.patch(`/v1/account/invites/${await invite(world, account.email)}`, body);
  },
};
