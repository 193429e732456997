import { describe, expect, it } from 'vitest';
import { DomainClaims, DOMAINS_MAX } from '../../src/modules/domain/index.js';
import { newId } from '../../src/common/ids.js';
import { activityOf, type Json, leavesAlone, ownedHub, storedOf } from '../support/management.js';
import { tamper } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';
import {
  addList,
  addRule,
  claim,
  claimApproved,
  domainPath,
  DOMAINS,
  freshName,
  locOf,
  refusedBy,
  told,
} from './support.js';

const test = useTestApp();

describe('POST /api/v1/domains', () => {
  it('201: claims a name, which waits for approval; the record says so', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const name = freshName();

    let made: Json = {};
    const entries = await activityOf(test.app, hub, async () => {
      made = (await owner.post(DOMAINS, { name }).expect(201)).body as Json;
    });

    expect(made).toEqual({
      name,
      authorised: [],
      manage_url: expect.stringMatching(new RegExp(`^https?://.*/api/v1/domains/${name}$`)),
      state: 'pending',
      rules_enabled: true,
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect((await owner.get(domainPath(name)).expect(200)).body).toEqual(made);
    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.domain.create',
        user: { id: ownerId, type: 'api-key' },
        component: { type: 'domain', id: expect.any(String) },
        changes: { name: { after: name }, state: { after: 'pending' }, rules_enabled: { after: true } },
      }),
    ]);
  });

  it('201: keeps one spelling of a name, and finds it by every other one', async () => {
    const { owner } = await ownedHub(test.app);
    const id = newId();

    const { body } = await owner.post(DOMAINS, { name: `BÜCHER-${id}.Example.COM.` }).expect(201);

    const { name } = body as { name: string };
    expect(name).toMatch(/^xn--[a-z0-9-]+\.example\.com$/);
    for (const spelling of [name, name.toUpperCase(), `${name}.`, encodeURIComponent(`bücher-${id}.example.com`)]) {
      expect((await owner.get(domainPath(spelling)).expect(200)).body).toEqual(body);
    }
  });

  it.each([
    '',
    'localhost',
    'hub.localhost',
    'intranet',
    '127.0.0.1',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '１２７.０.０.１',
    '[::1]',
    '::1',
    '192.0.2.7',
    '*.example.com',
    '%.example.com',
    '_.example.com',
    'shop.example.com:443',
    'https://shop.example.com',
    'shop.example.com/x',
    'sh%6fp.example.com',
    'sh\u200Bop.example.com',
    'xn--shop-.example.com',
    '-shop.example.com',
    `${'a'.repeat(64)}.example.com`,
    `${'a'.repeat(63)}.`.repeat(4) + 'com',
    "'; DROP TABLE domain; --",
  ])('400: for %j, and points there; nothing changes', async (name) => {
    const { hub, owner } = await ownedHub(test.app);

    const answer = await leavesAlone(test.app, hub, () => owner.post(DOMAINS, { name }).expect(400));

    expect(locOf(answer)).toEqual(['body', 'name']);
  });

  it.each<[object | string, string]>([
    [{}, 'name'],
    [{ name: null }, 'name'],
    [{ name: 7 }, 'name'],
    [{ name: ['a.example.com'] }, 'name'],
    [{ name: 'a.example.com', state: 'approved' }, 'state'],
    [{ name: 'a.example.com', hub_id: '0'.repeat(24) }, 'hub_id'],
  ])('400: for the body %j; nothing changes', async (body, field) => {
    const { hub, owner } = await ownedHub(test.app);

    const answer = await leavesAlone(test.app, hub, () => owner.post(DOMAINS, body).expect(400));

    expect(locOf(answer)).toEqual(['body', field]);
  });

  it.each(['', '.', 'upper'])('409: what the hub has claimed already, spelt with %j; nothing changes', async (how) => {
    const { hub, owner } = await ownedHub(test.app);
    const name = await claim(owner);
    const again = how === 'upper' ? name.toUpperCase() : `${name}${how}`;

    const answer = await leavesAlone(test.app, hub, () => owner.post(DOMAINS, { name: again }).expect(409));

    expect(refusedBy(answer)).toMatchObject({ code: '409.duplicate-found', error: expect.stringContaining(name) });
  });

  it('201: the claim of a name that another hub claims, or holds, waits and tells nothing of that', async () => {
    const [ours, theirs, third] = [await ownedHub(test.app), await ownedHub(test.app), await ownedHub(test.app)];
    const [free, claimed, held] = [freshName(), await claim(theirs.owner), await claimApproved(test.app, third.owner)];

    const answers: Json[] = [];
    for (const name of [free, claimed, held]) {
      const { body } = await ours.owner.post(DOMAINS, { name }).expect(201);
      answers.push({ ...(body as Json), name: '', manage_url: '', created: '' });
    }

    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ state: 'pending' });
    expect((await third.owner.get(domainPath(held)).expect(200)).body).toMatchObject({ state: 'approved' });
  });

  it('lets exactly one of two win who claim the same name for a hub at once', async () => {
    const { owner } = await ownedHub(test.app);
    const name = freshName();

    const answers = await Promise.all([name, name.toUpperCase()].map((one) => owner.post(DOMAINS, { name: one })));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  });

  it(`409: beyond ${DOMAINS_MAX} of a hub; nothing changes`, async () => {
    const { hub, owner } = await ownedHub(test.app);
    await claim(owner);
    const [template] = (await storedOf(test.app, hub)).domain;
    const copies = Array.from({ length: DOMAINS_MAX - 1 }, (_, index): [string, unknown[]] => {
      const row = { ...template, id: newId(), name: `d${index}.example.com` };
      const columns = Object.keys(row);
      const marks = columns.map(() => '?').join(', ');
      return [`INSERT INTO domain (${columns.join(', ')}) VALUES (${marks})`, Object.values(row)];
    });
    await tamper(test.app, ...copies);

    const answer = await leavesAlone(test.app, hub, () => owner.post(DOMAINS, { name: freshName() }).expect(409));

    expect(refusedBy(answer).code).toBe('409.too-many-domains');
  });
});

describe('GET /api/v1/domains', () => {
  it('200: those of this hub, by name', async () => {
    const { owner } = await ownedHub(test.app);
    await claim((await ownedHub(test.app)).owner);
    const names = [await claim(owner), await claimApproved(test.app, owner)].toSorted();

    const { body } = await owner.get(DOMAINS).expect(200);

    expect(body).toEqual({
      domains: names.map((name) => expect.objectContaining({ name })),
      granted_domains: [],
    });
  });

  it('400: for a query that it does not take', async () => {
    const { owner } = await ownedHub(test.app);

    expect(locOf(await owner.get(`${DOMAINS}?page=2`).expect(400))).toEqual(['query', 'page']);
  });
});

describe('DELETE /api/v1/domains/{domain}', () => {
  it('204: the domain is gone with its rules and lists, and the name is free', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const name = await claimApproved(test.app, owner);
    const kept = await claim(owner);
    await addRule(owner, name);
    await addList(owner, name);
    await addRule(owner, kept);

    const entries = await activityOf(test.app, hub, async () => {
      const { body } = await owner.delete(domainPath(name)).expect(204);
      expect(body).toEqual({});
    });

    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.domain.delete',
        changes: expect.objectContaining({ name: { before: name } }),
      }),
    ]);
    const { domain, domain_rule, domain_rule_list } = await storedOf(test.app, hub);
    expect([domain, domain_rule, domain_rule_list].map(({ length }) => length)).toEqual([1, 1, 0]);
    await owner.get(domainPath(name)).expect(404);
    expect((await owner.post(DOMAINS, { name }).expect(201)).body).toMatchObject({ state: 'pending' });
  });

  it('204: another hub can have it now', async () => {
    const [ours, theirs] = [await ownedHub(test.app), await ownedHub(test.app)];
    const name = await claimApproved(test.app, ours.owner);
    await claim(theirs.owner, name);
    await ours.owner.delete(domainPath(name)).expect(204);

    await test.app.nest.get(DomainClaims).approve(name);

    expect((await theirs.owner.get(domainPath(name)).expect(200)).body).toMatchObject({ state: 'approved' });
  });
});

describe('whoever may not', () => {
  it('403: is told the capability; nothing changes', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const name = await claim(owner);
    const caller = await test.app.create.caller({ hub, capabilities: ['hubs-update', 'api-keys-manage'], rank: 9 });

    for (const ask of [
      () => caller.get(DOMAINS),
      () => caller.post(DOMAINS, { name: freshName() }),
      () => caller.get(domainPath(name)),
      () => caller.delete(domainPath(name)),
      () => caller.delete(domainPath(freshName())),
    ]) {
      const answer = await leavesAlone(test.app, hub, () => ask().expect(403));
      expect(refusedBy(answer).error).toContain('domains-manage');
    }
  });

  it('lets in who has exactly that capability', async () => {
    const { hub } = await ownedHub(test.app);
    const caller = await test.app.create.caller({ hub, capabilities: ['domains-manage'] });
    const name = await claim(caller);

    await caller.get(DOMAINS).expect(200);
    await caller.delete(domainPath(name)).expect(204);
  });

  it('404: another hub’s domain reads like one that nobody claimed; nothing changes', async () => {
    const [ours, theirs] = [await ownedHub(test.app), await ownedHub(test.app)];
    const [pending, approved] = [await claim(theirs.owner), await claimApproved(test.app, theirs.owner)];

    const answers = await leavesAlone(test.app, theirs.hub, async () => {
      const all: Json[] = [];
      for (const name of [pending, approved, freshName(), '%25', '%25.example.com', '_', 'x', `${'x'.repeat(250)}`]) {
        all.push(told(await ours.owner.get(domainPath(name))), told(await ours.owner.delete(domainPath(name))));
      }
      return all;
    });

    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, code: '404.hub.domain' });
  });
});
