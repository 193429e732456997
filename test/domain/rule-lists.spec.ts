import { describe, expect, it } from 'vitest';
import { ENTRIES_OF_HUB_MAX, ENTRY_BYTES_OF_HUB_MAX, LISTS_MAX } from '../../src/modules/domain/rule-list.service.js';
import { activityOf, type Json, leavesAlone, ownedHub, storedOf } from '../support/management.js';
import { tamper } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';
import {
  addList,
  addRule,
  claim,
  FILTER,
  LIST,
  listPath,
  listsPath,
  locOf,
  NO_UUID,
  refusedBy,
  RULE,
  told,
} from './support.js';

const test = useTestApp();

async function hubWithDomain() {
  const made = await ownedHub(test.app);
  return { ...made, name: await claim(made.owner) };
}

describe('POST …/rules/lists', () => {
  it.each([
    [LIST, { ...LIST, strs: null, ints: null, count: 2 }],
    [
      { name: 'Hosts.v2-x', type: 'string', strs: ['a', 'B c'] },
      { name: 'Hosts.v2-x', type: 'string', ips: null, strs: ['a', 'B c'], ints: null, count: 2 },
    ],
    [
      { name: '_ports', type: 'int', ints: [80, -1, 0], ips: null, strs: null },
      { name: '_ports', type: 'int', ips: null, strs: null, ints: [80, -1, 0], count: 3 },
    ],
    [
      { name: 'none', type: 'ip' },
      { name: 'none', type: 'ip', ips: [], strs: null, ints: null, count: 0 },
    ],
    [
      { name: 'spelt', type: 'ip', ips: ['::ffff:192.0.2.1', '192.0.2.1', '2001:DB8:0::1', '10.0.0.0/8'] },
      {
        name: 'spelt',
        type: 'ip',
        ips: ['192.0.2.1', '2001:db8::1', '10.0.0.0/8'],
        strs: null,
        ints: null,
        count: 3,
      },
    ],
    [
      { name: 'twice', type: 'string', strs: ['a', 'A', 'a'] },
      { name: 'twice', type: 'string', ips: null, strs: ['a', 'A'], ints: null, count: 2 },
    ],
  ])('201: makes the list %j', async (body, read) => {
    const { owner, name } = await hubWithDomain();

    const { body: made } = await owner.post(listsPath(name), body).expect(201);

    const { uuid } = made as { uuid: string };
    expect(made).toEqual({ uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect((await owner.get(listPath(name, uuid)).expect(200)).body).toEqual({ uuid, ...read });
    const { name: listName, type, count } = read;
    expect((await owner.get(listsPath(name)).expect(200)).body).toEqual([{ uuid, name: listName, type, count }]);
  });

  it('201: the record has how many entries, and which by a digest', async () => {
    const { hub, owner, name } = await hubWithDomain();

    const entries = await activityOf(test.app, hub, () => owner.post(listsPath(name), LIST).expect(201));

    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.domain.rule-list.create',
        changes: {
          name: { after: 'office' },
          type: { after: 'ip' },
          entries: { after: 2 },
          entries_sha256: { after: expect.stringMatching(/^[0-9a-f]{64}$/) },
        },
      }),
    ]);
  });

  it.each<[object, (string | number)[]]>([
    [{ ...LIST, name: undefined }, ['body', 'name']],
    [{ ...LIST, name: '' }, ['body', 'name']],
    [{ ...LIST, name: '$office' }, ['body', 'name']],
    [{ ...LIST, name: '.office' }, ['body', 'name']],
    [{ ...LIST, name: 'of fice' }, ['body', 'name']],
    [{ ...LIST, name: 'büro' }, ['body', 'name']],
    [{ ...LIST, name: 'x'.repeat(65) }, ['body', 'name']],
    [{ ...LIST, type: undefined }, ['body', 'type']],
    [{ ...LIST, type: 'IP' }, ['body', 'type']],
    [{ ...LIST, strs: ['a'] }, ['body', 'strs']],
    [{ ...LIST, ints: [] }, ['body', 'ints']],
    [{ ...LIST, ips: '192.0.2.1' }, ['body', 'ips']],
    [{ ...LIST, ips: ['192.0.2.1', '10.1.2.3/8'] }, ['body', 'ips', 1]],
    [{ ...LIST, ips: ['192.0.2.1', 7] }, ['body', 'ips', 1]],
    [{ ...LIST, ips: ['192.0.2.1', '192.0.2.1', 'x'] }, ['body', 'ips', 2]],
    [{ ...LIST, ips: ['example.com'] }, ['body', 'ips', 0]],
    [{ ...LIST, ips: [['192.0.2.1']] }, ['body', 'ips', 0]],
    [{ name: 'a', type: 'string', strs: ['x'.repeat(257)] }, ['body', 'strs', 0]],
    [{ name: 'a', type: 'string', strs: ['a\0'] }, ['body', 'strs', 0]],
    [{ name: 'a', type: 'string', strs: ['\udc00'] }, ['body', 'strs', 0]],
    [{ name: 'a', type: 'string', strs: [''] }, ['body', 'strs', 0]],
    [{ name: 'a', type: 'string', strs: [null] }, ['body', 'strs', 0]],
    [{ name: 'a', type: 'int', ints: [1.5] }, ['body', 'ints', 0]],
    [{ name: 'a', type: 'int', ints: ['1'] }, ['body', 'ints', 0]],
    [{ name: 'a', type: 'int', ints: [2 ** 53] }, ['body', 'ints', 0]],
    [{ ...LIST, count: 2 }, ['body', 'count']],
  ])('400: for %j, and points there; nothing changes', async (body, loc) => {
    const { hub, owner, name } = await hubWithDomain();

    const answer = await leavesAlone(test.app, hub, () => owner.post(listsPath(name), body).expect(400));

    expect(locOf(answer)).toEqual(loc);
  });

  it('400: for a list of more than 10 000 entries', async () => {
    const { owner, name } = await hubWithDomain();
    const ints = Array.from({ length: 10_001 }, (_, index) => index);

    const answer = await owner.post(listsPath(name), { name: 'a', type: 'int', ints }).expect(400);

    expect(locOf(answer)).toEqual(['body', 'ints']);
    await owner.post(listsPath(name), { name: 'a', type: 'int', ints: ints.slice(1) }).expect(201);
  });

  it('400: tells of twenty wrong entries at most', async () => {
    const { owner, name } = await hubWithDomain();
    const ips = Array.from({ length: 500 }, () => 'x');

    const answer = await owner.post(listsPath(name), { ...LIST, ips }).expect(400);

    expect(refusedBy(answer).validation_errors).toHaveLength(20);
    expect(refusedBy(answer).error).toContain('500 entries');
  });

  it('409: a name that the domain has; another case, and another domain, are other names', async () => {
    const { hub, owner, name } = await hubWithDomain();
    await addList(owner, name);

    const answer = await leavesAlone(test.app, hub, () => owner.post(listsPath(name), LIST).expect(409));

    expect(refusedBy(answer).code).toBe('409.duplicate-found');
    await addList(owner, name, { ...LIST, name: 'Office' });
    await addList(owner, await claim(owner));
  });

  it('409: beyond the lists of a domain and the entries of a hub; nothing changes', async () => {
    const { hub, owner, name } = await hubWithDomain();
    await addList(owner, name);
    const other = await claim(owner);
    const columns = 'SELECT hub_id, domain_id, type, entries, creator_type, creator_id, created_at, updated_at';
    const copy = (index: number): [string, unknown[]] => [
      'INSERT INTO domain_rule_list (id, name, entry_count, hub_id, domain_id, type, entries, creator_type, creator_id, ' +
        `created_at, updated_at) ${columns.replace('SELECT', 'SELECT ?, ?, ?,')} FROM domain_rule_list WHERE hub_id = ? AND name = ?`,
      [`copy-${index}-${hub.id}`.slice(0, 36), `copy${index}`, 0, hub.id, 'office'],
    ];
    await tamper(test.app, ...Array.from({ length: LISTS_MAX - 1 }, (_, index) => copy(index)));

    const many = await leavesAlone(test.app, hub, () =>
      owner.post(listsPath(name), { ...LIST, name: 'x' }).expect(409),
    );
    expect(refusedBy(many).code).toBe('409.too-many-rule-lists');

    await tamper(test.app, [
      'UPDATE domain_rule_list SET entry_count = ? WHERE hub_id = ? AND name = ?',
      [ENTRIES_OF_HUB_MAX - 1, hub.id, 'copy0'],
    ]);
    const full = await leavesAlone(test.app, hub, () => owner.post(listsPath(other), LIST).expect(409));
    expect(refusedBy(full).code).toBe('409.too-many-entries');
  });

  it('409: beyond the length of all entries of a hub; nothing changes', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const uuid = await addList(owner, name, { name: 'words', type: 'string', strs: ['a'] });
    const entries = JSON.stringify(['x'.repeat(ENTRY_BYTES_OF_HUB_MAX - 9)]);
    await tamper(test.app, ['UPDATE domain_rule_list SET entries = ? WHERE hub_id = ?', [entries, hub.id]]);
    const words = { name: 'more', type: 'string', strs: ['éé'] };

    const answer = await leavesAlone(test.app, hub, () => owner.post(listsPath(name), words).expect(409));
    expect(refusedBy(answer).code).toBe('409.entries-too-long');

    await owner.post(listsPath(name), { ...words, strs: ['a'] }).expect(201);
    await owner.put(listPath(name, uuid), { ...words, name: 'words' }).expect(204);
  });
});

describe('PUT …/rules/lists/{uuid}', () => {
  it('204: replaces the list whole and answers no body', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const uuid = await addList(owner, name);

    const entries = await activityOf(test.app, hub, async () => {
      const answer = await owner.put(listPath(name, uuid), { name: 'desk', type: 'string', strs: ['a'] }).expect(204);
      expect(answer.text).toBe('');
    });

    expect((await owner.get(listPath(name, uuid)).expect(200)).body).toEqual({
      uuid,
      name: 'desk',
      type: 'string',
      count: 1,
      ips: null,
      strs: ['a'],
      ints: null,
    });
    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.domain.rule-list.update',
        annotations: { domain: name, list: uuid },
        changes: expect.objectContaining({ name: { before: 'office', after: 'desk' } }),
      }),
    ]);
  });

  it('204: the record shows that other entries are as many', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const uuid = await addList(owner, name);

    const entries = await activityOf(test.app, hub, () =>
      owner.put(listPath(name, uuid), { ...LIST, ips: ['192.0.2.1', '192.0.2.2'] }).expect(204),
    );

    expect(Object.keys(entries[0].changes)).toEqual(['entries_sha256']);
  });

  it('409: while rules name it, entries may change, and neither name nor type; nothing changes', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const uuid = await addList(owner, name);
    const rule = await addRule(owner, name, {
      ...RULE,
      name: 'Office only',
      filter_str: `${FILTER} and ip.src in $office`,
    });
    await owner.patch(`${listsPath(name).replace('/lists', '')}/phases/firewall/rule/${rule}`, { enabled: false });

    for (const ask of [
      () => owner.put(listPath(name, uuid), { ...LIST, name: 'desk' }),
      () => owner.put(listPath(name, uuid), { ...LIST, name: 'Office' }),
      () => owner.put(listPath(name, uuid), { name: 'office', type: 'string', strs: [] }),
      () => owner.delete(listPath(name, uuid)),
    ]) {
      const answer = await leavesAlone(test.app, hub, () => ask().expect(409));
      expect(refusedBy(answer)).toMatchObject({
        code: '409.in-use',
        error: expect.stringContaining(`"Office only" (${rule})`),
      });
    }
    await owner.put(listPath(name, uuid), { ...LIST, ips: [] }).expect(204);
  });

  it('409: a name that another list has; nothing changes', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const uuid = await addList(owner, name);
    await addList(owner, name, { ...LIST, name: 'desk' });

    await leavesAlone(test.app, hub, () => owner.put(listPath(name, uuid), { ...LIST, name: 'desk' }).expect(409));
  });
});

describe('DELETE …/rules/lists/{uuid}', () => {
  it('204: the list is gone and its name free', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const uuid = await addList(owner, name);
    await addList(owner, name, { ...LIST, name: 'office2' });
    await addRule(owner, name, { ...RULE, filter_str: 'ip.src in $office2' });

    const entries = await activityOf(test.app, hub, () => owner.delete(listPath(name, uuid)).expect(204));

    expect(entries.map(({ event }) => event)).toEqual(['hub.domain.rule-list.delete']);
    await owner.get(listPath(name, uuid)).expect(404);
    await addList(owner, name);
  });
});

describe('whoever may not', () => {
  const asks = (caller: Awaited<ReturnType<typeof ownedHub>>['owner'], name: string, uuid: string) => [
    () => caller.get(listsPath(name)),
    () => caller.post(listsPath(name), { ...LIST, name: 'other' }),
    () => caller.get(listPath(name, uuid)),
    () => caller.put(listPath(name, uuid), LIST),
    () => caller.delete(listPath(name, uuid)),
  ];

  it('403: is told the capability; nothing changes', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const uuid = await addList(owner, name);
    const caller = await test.app.create.caller({ hub, capabilities: ['lists-manage'], rank: 9 });

    for (const ask of asks(caller, name, uuid)) {
      const answer = await leavesAlone(test.app, hub, () => ask().expect(403));
      expect(refusedBy(answer).error).toContain('domains-manage');
    }
  });

  it('404: lists of other domains and hubs read like those that never were; nothing changes', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const theirs = await hubWithDomain();
    const [own, foreign] = [await addList(owner, await claim(owner)), await addList(theirs.owner, theirs.name)];

    const ofDomain: Json[] = [];
    for (const ask of asks(owner, theirs.name, foreign)) {
      ofDomain.push(told(await leavesAlone(test.app, theirs.hub, () => ask().expect(404))));
    }
    const ofList: Json[] = [];
    for (const uuid of [own, foreign, NO_UUID, '%25']) {
      for (const ask of asks(owner, name, uuid).slice(2)) {
        ofList.push(told(await leavesAlone(test.app, hub, () => ask().expect(404))));
      }
    }

    expect(new Set(ofDomain.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(new Set(ofList.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect([ofDomain[0].code, ofList[0].code]).toEqual(['404.hub.domain', '404.hub.domain.rule-list']);
    expect((await storedOf(test.app, theirs.hub)).domain_rule_list).toHaveLength(1);
  });
});
