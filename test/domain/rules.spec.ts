import { describe, expect, it } from 'vitest';
import { activityOf, type Json, leavesAlone, ownedHub, storedOf } from '../support/management.js';
import { tamper } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';
import {
  addList,
  addRule,
  claim,
  claimApproved,
  DENY,
  FILTER,
  firewallPath,
  locOf,
  NO_UUID,
  orderOf,
  refusedBy,
  RULE,
  rulePath,
  rulesPath,
  told,
} from './support.js';

const test = useTestApp();
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function hubWithDomain() {
  const made = await ownedHub(test.app);
  return { ...made, name: await claim(made.owner) };
}

describe('POST …/rules/phases/firewall', () => {
  it('201: adds a rule behind the others, switched on, and answers its uuid only; the record has it whole', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const first = await addRule(owner, name);

    let made: Json = {};
    const entries = await activityOf(test.app, hub, async () => {
      made = (await owner.post(firewallPath(name), { ...RULE, name: 'Second' }).expect(201)).body as Json;
    });

    expect(made).toEqual({ uuid: expect.stringMatching(UUID) });
    expect(await orderOf(owner, name)).toEqual([
      [first, 0],
      [made.uuid, 1],
    ]);
    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.domain.rule.create',
        component: { type: 'domain', id: expect.any(String) },
        annotations: { domain: name, rule: made.uuid },
        changes: expect.objectContaining({
          filter_str: { after: FILTER },
          actions: { after: DENY },
          pos: { after: 1 },
        }),
      }),
    ]);
    expect((await storedOf(test.app, hub)).access_change.at(-1)).toMatchObject({ kind: 'domain' });
  });

  it.each([
    ['without the phase', { ...RULE, phase: undefined }],
    ['with a null phase', { ...RULE, phase: null }],
    ['without a reason', { ...RULE, actions: { firewall: [{ type: 'firewall', action: 'allow' }] } }],
    ['with a null reason', { ...RULE, actions: { firewall: [{ type: 'firewall', action: 'allow', reason: null }] } }],
    [
      'with null actions of other types',
      { ...RULE, actions: { request_headers: null, firewall: [{ type: 'firewall', action: 'log', extra: null }] } },
    ],
  ])('201: %s', async (_, body) => {
    const { owner, name } = await hubWithDomain();
    const uuid = await addRule(owner, name, body);

    const { body: read } = await owner.get(rulePath(name, uuid)).expect(200);
    const [action] = (read as { actions: { firewall: Json[] } }).actions.firewall;
    expect(Object.keys(action).toSorted()).toEqual(['action', 'reason', 'type']);
  });

  it.each<[object | string, (string | number)[]]>([
    [{ ...RULE, name: undefined }, ['body', 'name']],
    [{ ...RULE, name: '' }, ['body', 'name']],
    [{ ...RULE, name: 'x'.repeat(201) }, ['body', 'name']],
    [{ ...RULE, name: 'a\nb' }, ['body', 'name']],
    [{ ...RULE, filter_str: undefined }, ['body', 'filter_str']],
    [{ ...RULE, filter_str: null }, ['body', 'filter_str']],
    [{ ...RULE, filter_str: '' }, ['body', 'filter_str']],
    [{ ...RULE, filter_str: 'x'.repeat(4097) }, ['body', 'filter_str']],
    [{ ...RULE, filter_str: 'http.host eq "\0"' }, ['body', 'filter_str']],
    [{ ...RULE, filter_str: 'http.host eq "\udc00"' }, ['body', 'filter_str']],
    [{ ...RULE, filter_str: 'http.host eq' }, ['body', 'filter_str', 12]],
    [{ ...RULE, filter_str: 'nonsense eq 1' }, ['body', 'filter_str', 0]],
    [{ ...RULE, filter_str: 'http.host eq "a" and\n ip.src in $nobody' }, ['body', 'filter_str', 32]],
    [{ ...RULE, filter_str: 'http.host matches "("' }, ['body', 'filter_str', 18]],
    [{ ...RULE, actions: undefined }, ['body', 'actions']],
    [{ ...RULE, actions: null }, ['body', 'actions']],
    [{ ...RULE, actions: [] }, ['body', 'actions']],
    [{ ...RULE, actions: {} }, ['body', 'actions', 'firewall']],
    [{ ...RULE, actions: { firewall: [] } }, ['body', 'actions', 'firewall']],
    [{ ...RULE, actions: { firewall: [DENY.firewall[0], DENY.firewall[0]] } }, ['body', 'actions', 'firewall']],
    [{ ...RULE, actions: { ...DENY, request_headers: [] } }, ['body', 'actions', 'request_headers']],
    [{ ...RULE, actions: { firewall: ['deny'] } }, ['body', 'actions', 'firewall', 0]],
    [{ ...RULE, actions: { firewall: [{ action: 'deny' }] } }, ['body', 'actions', 'firewall', 0, 'type']],
    [
      { ...RULE, actions: { firewall: [{ type: 'firewall', action: 'drop' }] } },
      ['body', 'actions', 'firewall', 0, 'action'],
    ],
    [
      { ...RULE, actions: { firewall: [{ type: 'firewall', action: 'deny', reason: 'x'.repeat(201) }] } },
      ['body', 'actions', 'firewall', 0, 'reason'],
    ],
    [
      { ...RULE, actions: { firewall: [{ type: 'firewall', action: 'deny', reason: 'a\r\nb' }] } },
      ['body', 'actions', 'firewall', 0, 'reason'],
    ],
    [
      { ...RULE, actions: { firewall: [{ type: 'firewall', action: 'deny', status: 418 }] } },
      ['body', 'actions', 'firewall', 0, 'status'],
    ],
    [
      `{"name":"a","filter_str":${JSON.stringify(FILTER)},"actions":{"constructor":[]}}`,
      ['body', 'actions', 'firewall'],
    ],
    [{ ...RULE, phase: 'request_headers' }, ['body', 'phase']],
    [{ ...RULE, pos: 0 }, ['body', 'pos']],
    [{ ...RULE, enabled: false }, ['body', 'enabled']],
    [{ ...RULE, hub_id: '0'.repeat(24) }, ['body', 'hub_id']],
  ])('400: for %j, and points there; nothing changes', async (body, loc) => {
    const { hub, owner, name } = await hubWithDomain();

    const answer = await leavesAlone(test.app, hub, () => owner.post(firewallPath(name), body).expect(400));

    expect(locOf(answer)).toEqual(loc);
  });

  it('400: a filter names line and column, and the type of its fault', async () => {
    const { owner, name } = await hubWithDomain();
    const filter_str = 'http.host eq "a"\nand ip.src contains "b"';

    const { error, validation_errors } = refusedBy(
      await owner.post(firewallPath(name), { ...RULE, filter_str }).expect(400),
    );

    expect(error).toMatch(/^filter_str, line 2, column \d+: /);
    expect(validation_errors).toEqual([
      { loc: ['body', 'filter_str', expect.any(Number)], msg: expect.any(String), type: 'filter_error' },
    ]);
  });

  it('201: names a list of the domain, of the type that it is compared with', async () => {
    const { owner, name } = await hubWithDomain();
    await addList(owner, name);

    await addRule(owner, name, { ...RULE, filter_str: 'ip.src in $office' });

    const wrong = { ...RULE, filter_str: 'http.host in $office' };
    expect(locOf(await owner.post(firewallPath(name), wrong).expect(400))).toEqual(['body', 'filter_str', 13]);
  });

  it('400: no list of another domain, not even of the same hub', async () => {
    const { owner, name } = await hubWithDomain();
    await addList(owner, await claim(owner));

    const body = { ...RULE, filter_str: 'ip.src in $office' };
    expect(locOf(await owner.post(firewallPath(name), body).expect(400))).toEqual(['body', 'filter_str', 10]);
  });

  it('400: keeps no rule in a phase that does not act; nothing changes', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const path = `${rulesPath(name)}/phases/request_headers`;

    const answer = await leavesAlone(test.app, hub, () =>
      owner.post(path, { ...RULE, phase: 'request_headers' }).expect(400),
    );

    expect(refusedBy(answer).error).toContain('Only the phase firewall acts on this server');
  });
});

describe('GET …/rules', () => {
  it('200: summaries, or whole rules, in their order, by each of the paths', async () => {
    const { owner, name } = await hubWithDomain();
    const uuids = [await addRule(owner, name), await addRule(owner, name, { ...RULE, name: 'Second' })];
    const summary = (uuid: string, pos: number) => ({
      uuid,
      pos,
      enabled: true,
      name: pos === 0 ? RULE.name : 'Second',
      filter_str: FILTER,
      phase: 'firewall',
    });
    const summaries = uuids.map((uuid, pos) => summary(uuid, pos));
    const whole = summaries.map((rule) => ({ ...rule, actions: DENY }));

    for (const path of ['', '/phases/firewall']) {
      expect((await owner.get(rulesPath(name) + path).expect(200)).body).toEqual(summaries);
    }
    for (const path of ['/all', '/firewall', '/firewall/']) {
      expect((await owner.get(rulesPath(name) + path).expect(200)).body).toEqual(whole);
    }
    expect((await owner.get(rulePath(name, uuids[1])).expect(200)).body).toEqual(whole[1]);
  });

  it('200: a phase that does not act has none', async () => {
    const { owner, name } = await hubWithDomain();
    await addRule(owner, name);

    expect((await owner.get(`${rulesPath(name)}/phases/load_balance`).expect(200)).body).toEqual([]);
  });

  it.each(['nonsense', 'FIREWALL', 'firewall%20', '%25', 'constructor'])('404: there is no phase %s', async (phase) => {
    const { owner, name } = await hubWithDomain();
    const path = `${rulesPath(name)}/phases/${phase}`;

    for (const answer of [
      await owner.get(path).expect(404),
      await owner.post(path, RULE).expect(404),
      await owner.put(`${path}/reorder`, { order: [] }).expect(404),
      await owner.get(`${path}/rule/${NO_UUID}`).expect(404),
    ]) {
      expect(refusedBy(answer).code).toBe('404.hub.domain.phase');
    }
  });
});

describe('PATCH …/rule/{uuid}', () => {
  it('204: changes what is sent, leaves what is null or left out, and answers no body', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const uuid = await addRule(owner, name);
    const { body: before } = await owner.get(rulePath(name, uuid)).expect(200);

    const entries = await activityOf(test.app, hub, async () => {
      const answer = await owner
        .patch(rulePath(name, uuid), { enabled: false, name: null, filter_str: null, actions: null })
        .expect(204);
      expect(answer.text).toBe('');
      await owner.patch(rulePath(name, uuid), { name: 'Renamed', filter_str: 'http.host eq "x"' }).expect(204);
    });

    expect((await owner.get(rulePath(name, uuid)).expect(200)).body).toEqual({
      ...(before as Json),
      enabled: false,
      name: 'Renamed',
      filter_str: 'http.host eq "x"',
    });
    expect(entries.map(({ event, changes }) => [event, changes])).toEqual([
      ['hub.domain.rule.update', { enabled: { before: true, after: false } }],
      [
        'hub.domain.rule.update',
        {
          name: { before: RULE.name, after: 'Renamed' },
          filter_str: { before: FILTER, after: 'http.host eq "x"' },
        },
      ],
    ]);
  });

  it('204: a new filter counts the lists that it names, and no longer those that it named', async () => {
    const { owner, name } = await hubWithDomain();
    const list = await addList(owner, name);
    const uuid = await addRule(owner, name, { ...RULE, filter_str: 'ip.src in $office' });
    await owner.delete(`${rulesPath(name)}/lists/${list}`).expect(409);

    await owner.patch(rulePath(name, uuid), { filter_str: FILTER }).expect(204);

    await owner.delete(`${rulesPath(name)}/lists/${list}`).expect(204);
  });

  it.each<[object, (string | number)[]]>([
    [{ enabled: 'no' }, ['body', 'enabled']],
    [{ name: '' }, ['body', 'name']],
    [{ filter_str: '' }, ['body', 'filter_str']],
    [{ filter_str: 'ip.src in $nobody' }, ['body', 'filter_str', 10]],
    [{ actions: {} }, ['body', 'actions', 'firewall']],
    [{ actions: [] }, ['body', 'actions']],
    [{ pos: 0 }, ['body', 'pos']],
    [{ uuid: NO_UUID }, ['body', 'uuid']],
  ])('400: for %j; nothing changes', async (body, loc) => {
    const { hub, owner, name } = await hubWithDomain();
    const uuid = await addRule(owner, name);

    const answer = await leavesAlone(test.app, hub, () => owner.patch(rulePath(name, uuid), body).expect(400));

    expect(locOf(answer)).toEqual(loc);
  });
});

describe('DELETE …/rule/{uuid}', () => {
  it('204: the rules behind it move up', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const [a, b, c] = [await addRule(owner, name), await addRule(owner, name), await addRule(owner, name)];

    const entries = await activityOf(test.app, hub, () => owner.delete(rulePath(name, b)).expect(204));

    expect(await orderOf(owner, name)).toEqual([
      [a, 0],
      [c, 1],
    ]);
    expect(entries).toEqual([
      expect.objectContaining({ event: 'hub.domain.rule.delete', annotations: { domain: name, rule: b } }),
    ]);
    await owner.delete(rulePath(name, b)).expect(404);
  });
});

describe('PUT …/reorder', () => {
  it('204: puts the rules into the order that is sent, also many of them', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const first = await addRule(owner, name);
    const [template] = (await storedOf(test.app, hub)).domain_rule;
    const ids = Array.from({ length: 449 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`);
    await tamper(
      test.app,
      ...ids.map((id, index): [string, unknown[]] => {
        const row = { ...template, id, pos: index + 1 };
        const columns = Object.keys(row);
        const marks = columns.map(() => '?').join(', ');
        return [`INSERT INTO domain_rule (${columns.join(', ')}) VALUES (${marks})`, Object.values(row)];
      }),
    );
    const order = [...ids, first].toReversed();

    const entries = await activityOf(test.app, hub, async () => {
      await owner.put(`${firewallPath(name)}/reorder`, { order }).expect(204);
    });

    expect(await orderOf(owner, name)).toEqual(order.map((id, pos) => [id, pos]));
    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.domain.rule.reorder',
        changes: { order: { before: [first, ...ids], after: order } },
      }),
    ]);
  });

  it('400: names what differs from the rules of the phase; nothing changes', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const other = await claim(owner);
    const [a, b] = [await addRule(owner, name), await addRule(owner, name)];
    const elsewhere = await addRule(owner, other);

    for (const [order, words] of [
      [[a], `missing: ${b}`],
      [[a, b, elsewhere], `not of this phase: ${elsewhere}`],
      [[a, b, a], `named twice: ${a}`],
      [[], `missing: ${a}, ${b}`],
    ] as const) {
      const answer = await leavesAlone(test.app, hub, () =>
        owner.put(`${firewallPath(name)}/reorder`, { order }).expect(400),
      );
      expect(refusedBy(answer).error).toContain(words);
      expect(locOf(answer)).toEqual(['body', 'order']);
    }
  });

  it.each([{}, { order: null }, { order: 'x' }, { order: [1] }, { order: [NO_UUID], force: true }])(
    '400: for %j; nothing changes',
    async (body) => {
      const { hub, owner, name } = await hubWithDomain();

      await leavesAlone(test.app, hub, () => owner.put(`${firewallPath(name)}/reorder`, body).expect(400));
    },
  );

  it('leaves positions without gaps, whatever runs at once', async () => {
    const { owner, name } = await hubWithDomain();
    const ids = [await addRule(owner, name), await addRule(owner, name), await addRule(owner, name)];
    const reorder = (order: string[]) => owner.put(`${firewallPath(name)}/reorder`, { order });

    const answers = await Promise.all([
      reorder(ids.toReversed()),
      owner.delete(rulePath(name, ids[1])),
      reorder([ids[1], ids[0], ids[2]]),
      owner.post(firewallPath(name), RULE),
      reorder([ids[2], ids[0]]),
    ]);

    expect(answers.map(({ status }) => status).filter((status) => ![201, 204, 400].includes(status))).toEqual([]);
    const order = await orderOf(owner, name);
    expect(order.map(([, pos]) => pos)).toEqual([0, 1, 2]);
    expect(new Set(order.map(([id]) => id)).size).toBe(3);
  });
});

describe('the query force', () => {
  it('is noted in the record', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const name = await claimApproved(test.app, owner);

    const entries = await activityOf(test.app, hub, () =>
      owner.post(`${firewallPath(name)}?force=true`, RULE).expect(201),
    );

    expect(entries[0].annotations).toMatchObject({ forced: true });
  });

  it.each(['force=yes', 'force=true&force=true', 'dry=true'])('400: %s', async (query) => {
    const { hub, owner, name } = await hubWithDomain();

    await leavesAlone(test.app, hub, () => owner.post(`${firewallPath(name)}?${query}`, RULE).expect(400));
  });
});

describe('whoever may not', () => {
  const writes = (caller: Awaited<ReturnType<typeof ownedHub>>['owner'], name: string, uuid: string) => [
    () => caller.get(rulesPath(name)),
    () => caller.get(`${rulesPath(name)}/all`),
    () => caller.get(`${rulesPath(name)}/firewall`),
    () => caller.get(`${rulesPath(name)}/firewall/`),
    () => caller.get(firewallPath(name)),
    () => caller.post(firewallPath(name), RULE),
    () => caller.get(rulePath(name, uuid)),
    () => caller.patch(rulePath(name, uuid), { enabled: false }),
    () => caller.delete(rulePath(name, uuid)),
    () => caller.put(`${firewallPath(name)}/reorder`, { order: [uuid] }),
  ];

  it('403: is told the capability; nothing changes', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const uuid = await addRule(owner, name);
    const caller = await test.app.create.caller({ hub, capabilities: ['hubs-update', 'lists-manage'], rank: 9 });

    for (const ask of writes(caller, name, uuid)) {
      const answer = await leavesAlone(test.app, hub, () => ask().expect(403));
      expect(refusedBy(answer).error).toContain('domains-manage');
    }
  });

  it('404: another hub’s domain reads like one that nobody claimed; nothing changes', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const uuid = await addRule(owner, name);
    const stranger = (await ownedHub(test.app)).owner;

    const answers: Json[] = [];
    for (const domain of [name, name.toUpperCase(), 'nobody.example.com', '%25']) {
      for (const ask of writes(stranger, domain, uuid)) {
        answers.push(told(await leavesAlone(test.app, hub, () => ask().expect(404))));
      }
    }

    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: '404.hub.domain' });
  });

  it('404: a rule of another domain, of the same hub or not, reads like one that never was', async () => {
    const { hub, owner, name } = await hubWithDomain();
    const [theirs, own] = [await hubWithDomain(), await claim(owner)];
    const uuids = [
      await addRule(owner, own),
      await addRule(theirs.owner, theirs.name),
      NO_UUID,
      '%25',
      'x',
      '_'.repeat(36),
    ];

    const answers: Json[] = [];
    for (const uuid of uuids) {
      for (const ask of writes(owner, name, uuid).slice(6, 9)) {
        answers.push(told(await leavesAlone(test.app, hub, () => ask().expect(404))));
      }
    }

    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: '404.hub.domain.rule' });
    expect((await storedOf(test.app, theirs.hub)).domain_rule).toHaveLength(1);
  });
});
