import { describe, expect, it } from 'vitest';
import { ownedHub } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';
import {
  addRule,
  claimApproved,
  DENY,
  domainPath,
  FILTER,
  firewallPath,
  listsPath,
  RULE,
  rulePath,
  rulesPath,
} from './support.js';

const test = useTestApp();
/** What the vendor's clients send with every request, also without a body. */
const HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

describe('the clients of the account contract', () => {
  it('read the firewall rules of a domain as the seed’s call does: bearer, content type on GET, slash at the end', async () => {
    const { owner } = await ownedHub(test.app);
    const name = await claimApproved(test.app, owner);
    const uuid = await addRule(owner, name);

    const { body, headers } = await owner
      .with({ 'content-type': 'application/json' })
      .get(`${rulesPath(name)}/firewall/`)
      .expect(200);

    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(body).toEqual([
      { uuid, pos: 0, enabled: true, name: RULE.name, filter_str: FILTER, phase: 'firewall', actions: DENY },
    ]);
  });

  it('manage a rule from its making to its end, with the codes of the contract', async () => {
    const { owner } = await ownedHub(test.app);
    const client = owner.with(HEADERS);
    const name = await claimApproved(test.app, client);

    const { body: list } = await client
      .post(listsPath(name), { name: 'office', type: 'ip', ips: ['192.0.2.1'] })
      .expect(201);
    const { body: made } = await client.post(firewallPath(name), RULE).expect(201);
    const { uuid } = made as { uuid: string };
    const path = rulePath(name, uuid);
    const { body: read } = await client.get(path).expect(200);
    const { actions } = read as { actions: object };
    // What was read can be sent back as it is.
    await client.patch(path, { enabled: true, name: 'Renamed', filter_str: FILTER, actions }).expect(204);
    const { body: changed } = await client.get(path).expect(200);
    expect(changed).toEqual({ ...(read as object), name: 'Renamed' });
    const other = await addRule(client, name);
    await client.put(`${firewallPath(name)}/reorder`, { order: [other, uuid] }).expect(204);
    expect((await client.get(path).expect(200)).body).toMatchObject({ pos: 1 });
    await client.delete(path).expect(204);
    await client.get(path).expect(404);
    await client.delete(path).expect(404);
    await client.delete(`${listsPath(name)}/${(list as { uuid: string }).uuid}`).expect(204);
    await client.delete(domainPath(name)).expect(204);
    await client.get(`${rulesPath(name)}/phases/firewall`).expect(404);
  });

  it.each(['', '/'])('401: without a key, in the body of the door; the path ends with %j', async (end) => {
    const path = `${rulesPath('shop.example.com')}/firewall${end}`;

    for (const caller of [test.app.anonymous, test.app.as('hgk_nonsense')]) {
      const { body, headers } = await caller.get(path).expect(401);
      expect(body).toMatchObject({ error: expect.any(String), code: '401.auth-invalid' });
      expect(headers['www-authenticate']).toMatch(/^Bearer/);
    }
  });
});
