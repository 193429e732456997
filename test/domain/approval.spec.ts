import { beforeAll, describe, expect, it } from 'vitest';
import { DomainClaims } from '../../src/modules/domain/index.js';
import { useHeldNodes } from '../support/held-app.js';
import { activityOf, leavesAlone, ownedHub, storedOf } from '../support/management.js';
import { poll } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';
import { addList, addRule, claim, claimApproved, domainPath, DOMAINS, freshName } from './support.js';

let app: TestApp;
let there: TestApp;
useHeldNodes((one, other) => {
  app = one;
  there = other;
});

const claims = (node = app): DomainClaims => node.nest.get(DomainClaims);
type Owned = Awaited<ReturnType<typeof ownedHub>>;
let ours: Owned;
let theirs: Owned;

beforeAll(async () => {
  ours = await ownedHub(app);
  theirs = await ownedHub(app);
});

describe('approval', () => {
  it('is an activity of the hub, by nobody in it, and goes to the change feed', async () => {
    const name = await claim(ours.owner);

    const entries = await activityOf(app, ours.hub, () => claims().approve(`${name.toUpperCase()}.`));

    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.domain.approve',
        changes: { state: { before: 'pending', after: 'approved' } },
        user: { id: expect.any(String), type: 'platform' },
        session: null,
      }),
    ]);
    const { access_change, domain } = await storedOf(app, ours.hub);
    const { id } = domain.find((row) => row['name'] === name) ?? {};
    expect(access_change.at(-1)).toMatchObject({ kind: 'domain', subject_id: id });
    await poll(there);
    expect(
      (
        await there
          .as(await secretOf(ours))
          .get(domainPath(name))
          .expect(200)
      ).body,
    ).toMatchObject({
      state: 'approved',
    });
  });

  it('done again changes nothing', async () => {
    const name = await claimApproved(app, ours.owner);

    const domain = await leavesAlone(app, ours.hub, () => claims().approve(name));

    expect(domain.state).toBe('approved');
  });

  it('needs the hub where several claim a name, and is refused while another hub holds it', async () => {
    const name = await claim(ours.owner);
    await claim(theirs.owner, name);
    await expect(claims().approve(name)).rejects.toMatchObject({
      details: { detail: expect.stringContaining(`--hub with one of: ${ours.hub.id}, ${theirs.hub.id}`) },
    });

    await claims().approve(name, theirs.hub.id);

    await leavesAlone(app, ours.hub, () =>
      expect(claims().approve(name, ours.hub.id)).rejects.toMatchObject({
        details: { detail: expect.stringContaining('approved for another hub') },
      }),
    );
    await claims().reject(name, true, theirs.hub.id);
    await claims().approve(name);
    expect((await ours.owner.get(domainPath(name)).expect(200)).body).toMatchObject({ state: 'approved' });
  });

  it('lets exactly one of two nodes win that approve two claims of a name at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const name = await claim(ours.owner);
      await claim(theirs.owner, name);

      const outcomes = await Promise.allSettled([
        claims(app).approve(name, ours.hub.id),
        claims(there).approve(name, theirs.hub.id),
      ]);

      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const rows = await app.database.query('SELECT hub_id FROM domain WHERE approved_name = ?', [name]);
      expect(rows).toHaveLength(1);
    }
  });

  it.each(['nobody.example.com', 'not a host', '%', 'localhost'])('knows no claim on %s', async (name) => {
    for (const ask of [() => claims().approve(name), () => claims().reject(name, true)]) {
      await expect(ask()).rejects.toMatchObject({ code: '404.hub.domain' });
    }
  });

  it('knows no claim of a hub that does not make it', async () => {
    const name = await claim(ours.owner);

    await expect(claims().approve(name, theirs.hub.id)).rejects.toMatchObject({ code: '404.hub.domain' });
    await expect(claims().reject(name, false, theirs.hub.id)).rejects.toMatchObject({ code: '404.hub.domain' });
  });
});

describe('rejection', () => {
  it('takes a claim away with its rules and lists, as an activity of the hub; it can be made again', async () => {
    const name = await claim(ours.owner);
    await addRule(ours.owner, name);
    await addList(ours.owner, name);
    const before = await storedOf(app, ours.hub);

    const entries = await activityOf(app, ours.hub, () => claims().reject(name, false));

    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.domain.reject',
        changes: expect.objectContaining({ name: { before: name } }),
      }),
    ]);
    const after = await storedOf(app, ours.hub);
    expect(after.domain_rule).toHaveLength(before.domain_rule.length - 1);
    expect(after.domain_rule_list).toHaveLength(before.domain_rule_list.length - 1);
    await ours.owner.get(domainPath(name)).expect(404);
    await claim(ours.owner, name);
  });

  it('of an approved domain must be forced; nothing changes otherwise', async () => {
    const name = await claimApproved(app, ours.owner);

    await leavesAlone(app, ours.hub, () =>
      expect(claims().reject(name, false)).rejects.toMatchObject({
        details: { detail: expect.stringContaining('Add --force') },
      }),
    );
    await claims().reject(name, true);
    await ours.owner.get(domainPath(name)).expect(404);
  });
});

describe('the switch of rules', () => {
  it('is shown to the hub, and an activity of it; done again it changes nothing', async () => {
    const name = await claimApproved(app, ours.owner);

    const entries = await activityOf(app, ours.hub, () => claims().setRulesEnabled(name, false));

    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.domain.rules.disable',
        changes: { rules_enabled: { before: true, after: false } },
      }),
    ]);
    expect((await ours.owner.get(domainPath(name)).expect(200)).body).toMatchObject({ rules_enabled: false });
    await leavesAlone(app, ours.hub, () => claims().setRulesEnabled(name, false));
    await claims().setRulesEnabled(name, true);
    expect((await ours.owner.get(domainPath(name)).expect(200)).body).toMatchObject({ rules_enabled: true });
  });

  it('is about the hub that has the name, and about nobody where none has', async () => {
    const name = await claim(ours.owner);
    await claimApproved(app, theirs.owner, freshName());
    await expect(claims().setRulesEnabled(name, false)).rejects.toMatchObject({ code: '404.hub.domain' });
    await claim(theirs.owner, name);
    await claims().approve(name, theirs.hub.id);

    await leavesAlone(app, ours.hub, () => claims().setRulesEnabled(name, false));

    expect((await theirs.owner.get(domainPath(name)).expect(200)).body).toMatchObject({ rules_enabled: false });
    expect((await ours.owner.get(DOMAINS).expect(200)).body).toMatchObject({ granted_domains: [] });
  });
});

async function secretOf({ hub }: Owned): Promise<string> {
  return (await app.create.ownerKey(hub)).secret;
}
