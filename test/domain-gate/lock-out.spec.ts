import { beforeAll, describe, expect, it } from 'vitest';
import { DomainClaims } from '../../src/modules/domain/index.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { leavesAlone } from '../support/management.js';
import { type TestApp, useTestApp } from '../support/test-app.js';
import { at } from './support.js';

const DOMAINS = '/api/v1/domains';
const WHOAMI = '/v1/hubs/current/whoami';
const EVERYBODY = 'ip.src in {0.0.0.0/0 ::/0}';
const ME = 'ip.src == 127.0.0.1';

const holder = useTestApp();
let app: TestApp;
let hub: TestHub;
let owner: Client;
let name: string;
let number = 0;

beforeAll(async () => {
  ({ app } = holder);
  hub = await app.create.hub();
  owner = app.as((await app.create.ownerKey(hub)).secret);
});

const rulesOf = (domain: string) => `${DOMAINS}/${domain}/services/rp/rules`;
const firewallOf = (domain: string) => `${rulesOf(domain)}/phases/firewall`;
const statusOf = async (client: Client, path = WHOAMI) => (await client.get(path)).status;

async function domain(): Promise<string> {
  name = `shop-${(number += 1)}.example.org`;
  await owner.post(DOMAINS, { name }).expect(201);
  await app.nest.get(DomainClaims).approve(name);
  return name;
}

function ruleOf(filter_str: string, action = 'deny', called = 'Close') {
  return { phase: 'firewall', name: called, filter_str, actions: { firewall: [{ type: 'firewall', action }] } };
}

async function add(rule: object, caller = owner, query = ''): Promise<string> {
  const { body } = await caller.post(`${firewallOf(name)}${query}`, rule).expect(201);
  return (body as { uuid: string }).uuid;
}

describe('from the claim to the rule that acts', () => {
  it('acts from the approval on, until the rules are switched off, the rule goes, or the domain', async () => {
    name = `shop-${(number += 1)}.example.org`;
    const guest = at(owner.from('198.51.100.7'), name);
    await owner.post(DOMAINS, { name }).expect(201);
    const uuid = await add(ruleOf('ip.src in {198.51.100.0/24}'));
    expect(await statusOf(guest)).toBe(200);
    await app.nest.get(DomainClaims).approve(name);
    expect(await statusOf(guest)).toBe(403);
    expect(await statusOf(at(owner, name))).toBe(200);

    await app.nest.get(DomainClaims).setRulesEnabled(name, false);
    expect(await statusOf(guest)).toBe(200);
    await app.nest.get(DomainClaims).setRulesEnabled(name, true);
    expect(await statusOf(guest)).toBe(403);
    await owner.patch(`${firewallOf(name)}/rule/${uuid}`, { enabled: false });
    expect(await statusOf(guest)).toBe(200);
    await owner.patch(`${firewallOf(name)}/rule/${uuid}`, { enabled: true });
    expect(await statusOf(guest)).toBe(403);
    await owner.delete(`${DOMAINS}/${name}`).expect(204);
    expect(await statusOf(guest)).toBe(200);
  });

  it('of a second hub’s claim of the same host, nothing acts', async () => {
    await domain();
    const thief = app.as((await app.create.ownerKey(await app.create.hub())).secret);
    await thief.post(DOMAINS, { name }).expect(201);
    await add(ruleOf(EVERYBODY), thief, '?force=true');

    expect(await statusOf(at(owner, name))).toBe(200);
    await thief.delete(`${DOMAINS}/${name}`).expect(204);
    expect(await statusOf(at(owner, name))).toBe(200);
  });
});

describe('409: a rule that would deny its author', () => {
  it.each<[string, string]>([
    ['everybody', EVERYBODY],
    ['the author’s address', ME],
    ['the author’s agent', 'http.user_agent contains "tester"'],
    ['the paths of rules', 'http.request.uri.path contains "/services/rp/rules"'],
    ['changes', 'http.request.method == "POST"'],
    ['what would take it back', 'http.request.method == "DELETE"'],
    ['the host', 'http.host contains "shop-"'],
  ])('(%s) is refused, and changes nothing', async (_, filter) => {
    await domain();
    const author = owner.with({ 'user-agent': 'tester/1' });
    const { status, body } = await leavesAlone(app, hub, () => author.post(firewallOf(name), ruleOf(filter)));

    expect(status).toBe(409);
    expect(body).toMatchObject({ code: '409.lock-out' });
    const { error } = body as { error: string };
    expect(error).toContain('"Close"');
    expect(error).toContain(name);
    expect(error).toContain('?force=true');
  });

  it.each<[string, string, string]>([
    ['others', 'ip.src in {198.51.100.0/24}', 'deny'],
    ['another method', 'http.request.method == "GET"', 'deny'],
    ['everybody, but only logs', EVERYBODY, 'log'],
    ['everybody, and asks for the credential that the author has', EVERYBODY, 'challenge'],
    ['everybody, and lets in', EVERYBODY, 'allow'],
  ])('is not one that is about %s', async (_, filter, action) => {
    await domain();

    await add(ruleOf(filter, action));
  });

  it('is done when forced, and shuts out: switching the rules off is the way back in', async () => {
    await domain();
    const author = at(owner, name);
    const uuid = await add(ruleOf(ME), author, '?force=true');
    expect((await author.get(firewallOf(name)).expect(403)).body).toMatchObject({ code: '403.firewall' });
    await author.delete(`${firewallOf(name)}/rule/${uuid}`).expect(403);
    await app.nest.get(DomainClaims).setRulesEnabled(name, false);

    await author.delete(`${firewallOf(name)}/rule/${uuid}`).expect(204);
    await app.nest.get(DomainClaims).setRulesEnabled(name, true);
    expect(await statusOf(author)).toBe(200);
  });

  it('is also one that asks for an address that is not known', async () => {
    await domain();
    const unknown = owner.from('unknown');
    const answer = await leavesAlone(app, hub, () => unknown.post(firewallOf(name), ruleOf('ip.src == 192.0.2.1')));

    expect(answer.status).toBe(409);
    expect((answer.body as { error: string }).error).toContain('yours is not known');
  });

  it('is also one of so many that they could not all be asked about the author’s request', async () => {
    await domain();
    const search = Array.from({ length: 90 }, (_, index) => `not http.user_agent contains "aab${index}"`).join(' and ');
    await add(ruleOf(`${search} and ssl`));
    const wordy = owner.with({ 'user-agent': 'a'.repeat(12_000) });

    const answer = await leavesAlone(app, hub, () => wordy.post(firewallOf(name), ruleOf(`${search} and ssl`)));

    expect((answer.body as { error: string }).error).toMatch(/^The rules would have so much to ask .*\?force=true/);
  });

  it('is found in every kind of change: enable, edit, order, delete, and the lists that rules name', async () => {
    await domain();
    const allow = await add(ruleOf(ME, 'allow', 'Me'));
    const close = await add(ruleOf(EVERYBODY));
    const other = await add(ruleOf('ip.src in {198.51.100.0/24}', 'deny', 'Others'));
    const changes: [string, () => PromiseLike<{ status: number }>][] = [
      ['edit', () => owner.patch(`${firewallOf(name)}/rule/${allow}`, { filter_str: 'ip.src == 192.0.2.9' })],
      ['disable', () => owner.patch(`${firewallOf(name)}/rule/${allow}`, { enabled: false })],
      ['delete', () => owner.delete(`${firewallOf(name)}/rule/${allow}`)],
      ['order', () => owner.put(`${firewallOf(name)}/reorder`, { order: [close, allow, other] })],
    ];
    for (const [what, change] of changes) {
      expect([what, (await leavesAlone(app, hub, change)).status]).toEqual([what, 409]);
    }

    await domain();
    const list = await owner
      .post(`${rulesOf(name)}/lists`, { name: 'bad', type: 'ip', ips: ['192.0.2.9'] })
      .expect(201);
    await add(ruleOf('ip.src in $bad'));
    const { uuid } = list.body as { uuid: string };
    const body = { name: 'bad', type: 'ip', ips: ['192.0.2.9', '127.0.0.0/8'] };
    expect((await leavesAlone(app, hub, () => owner.put(`${rulesOf(name)}/lists/${uuid}`, body))).status).toBe(409);
  });

  it('lets who is shut out already mend the rules one by one from another host', async () => {
    await domain();
    const [first, second] = [await add(ruleOf(ME), owner, '?force=true'), await add(ruleOf(EVERYBODY))];

    await owner.delete(`${firewallOf(name)}/rule/${first}`).expect(204);
    expect(await statusOf(at(owner, name))).toBe(403);
    await owner.delete(`${firewallOf(name)}/rule/${second}`).expect(204);
    expect(await statusOf(at(owner, name))).toBe(200);
  });
});

describe('409: giving up the domain that a hub requires', () => {
  it('is refused to the key that is taken there only, and done when forced', async () => {
    await domain();
    const confined = await app.create.hub();
    const { secret } = await app.create.ownerKey(confined);
    const host = `shop-${(number += 1)}.example.org`;
    const caller = at(app.as(secret), host);
    await caller.post(DOMAINS, { name: host }).expect(201);
    await app.nest.get(DomainClaims).approve(host);
    await caller.patch('/v1/hubs/current', { security: { require_domain: true } }).expect(200);
    const answer = await leavesAlone(app, confined, () => caller.delete(`${DOMAINS}/${host}`));
    expect([answer.status, answer.body]).toMatchObject([409, { code: '409.lock-out' }]);

    await caller.delete(`${DOMAINS}/${host}?force=true`).expect(204);
    expect(await statusOf(caller)).toBe(403);
  });
});
