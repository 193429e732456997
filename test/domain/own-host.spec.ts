import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainClaims } from '../../src/modules/domain/index.js';
import { leavesAlone, ownedHub } from '../support/management.js';
import { TestApp, useTestApp } from '../support/test-app.js';
import { claim, DOMAINS, locOf, refusedBy } from './support.js';

const OWN = 'hub.example.org';

const test = useTestApp();
/** On the same database, and published under a name. */
let published: TestApp;
beforeAll(async () => {
  published = await test.app.secondNode({ PUBLIC_URL: `https://${OWN.toUpperCase()}:8443/hubapi` });
});
afterAll(() => published.stop());

describe('the host under which the server is published', () => {
  it.each([OWN, 'Hub.Example.ORG', `${OWN}.`, 'ｈｕｂ.example.org'])(
    '400: cannot be claimed as %s; nothing changes',
    async (name) => {
      const { hub, owner } = await ownedHub(published);

      const answer = await leavesAlone(published, hub, () => owner.post(DOMAINS, { name }).expect(400));

      expect(locOf(answer)).toEqual(['body', 'name']);
      expect(refusedBy(answer).error).toContain(OWN);
    },
  );

  it('is not approved either, where it was claimed before the server was published so', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await claim(owner, OWN);

    await leavesAlone(published, hub, () =>
      expect(published.nest.get(DomainClaims).approve(OWN)).rejects.toMatchObject({ code: expect.any(String) }),
    );

    const approved = await test.app.nest.get(DomainClaims).approve(OWN);
    expect(approved.state).toBe('approved');
  });

  it('is one host: what lies below it can be claimed', async () => {
    const { owner } = await ownedHub(published);

    await owner.post(DOMAINS, { name: `plant.${OWN}` }).expect(201);
  });
});
