import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  FILTER_BYTES_OF_HUB_MAX,
  PATTERNS_MAX,
  RULES_MAX,
  RULES_OF_HUB_MAX,
} from '../../src/modules/domain/rule.service.js';
import { leavesAlone, ownedHub, storedOf } from '../support/management.js';
import { tamper } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';
import { addRule, claim, firewallPath, refusedBy, RULE, rulePath } from './support.js';

const test = useTestApp();

async function hubWithDomain() {
  const made = await ownedHub(test.app);
  return { ...made, name: await claim(made.owner) };
}

/** Puts so many copies of the only rule of the hub beside it. */
async function copyRule(hub: Parameters<typeof storedOf>[1], copies: number): Promise<void> {
  const [template] = (await storedOf(test.app, hub)).domain_rule;
  const rows = Array.from({ length: copies }, (_, index) => ({
    ...template,
    id: randomUUID(),
    pos: index + 1,
  }));
  const columns = Object.keys(template);
  const marks = `(${columns.map(() => '?').join(', ')})`;
  for (let start = 0; start < rows.length; start += 100) {
    const some = rows.slice(start, start + 100);
    const sql = `INSERT INTO domain_rule (${columns.join(', ')}) VALUES ${some.map(() => marks).join(', ')}`;
    await tamper(test.app, [sql, some.flatMap((row) => Object.values(row))]);
  }
}

describe('the rules of a domain', () => {
  it(`409: beyond ${RULES_MAX} of a domain; nothing changes`, async () => {
    const { hub, owner, name } = await hubWithDomain();
    await addRule(owner, name);
    await copyRule(hub, RULES_MAX - 1);

    const answer = await leavesAlone(test.app, hub, () => owner.post(firewallPath(name), RULE).expect(409));

    expect(refusedBy(answer)).toMatchObject({ code: '409.too-many-rules', error: expect.stringMatching(/^A domain/) });
  });

  it(`409: beyond ${RULES_OF_HUB_MAX} of all domains of a hub; nothing changes`, async () => {
    const { hub, owner, name } = await hubWithDomain();
    await addRule(owner, name);
    await copyRule(hub, RULES_OF_HUB_MAX - 1);
    const other = await claim(owner);

    const answer = await leavesAlone(test.app, hub, () => owner.post(firewallPath(other), RULE).expect(409));

    expect(refusedBy(answer)).toMatchObject({ code: '409.too-many-rules', error: expect.stringMatching(/^A hub/) });
  });

  it(`409: beyond ${FILTER_BYTES_OF_HUB_MAX} bytes of filters of a hub; nothing changes`, async () => {
    const { hub, owner, name } = await hubWithDomain();
    const filtered = (length: number) => ({
      ...RULE,
      filter_str: `http.user_agent == "é${'x'.repeat(length - Buffer.byteLength('http.user_agent == "é"'))}"`,
    });
    const first = await addRule(owner, name, filtered(4000));
    await copyRule(hub, FILTER_BYTES_OF_HUB_MAX / 4000 - 1);
    const other = await claim(owner);

    const more = [
      () => owner.post(firewallPath(other), RULE),
      () => owner.patch(rulePath(name, first), { filter_str: filtered(4001).filter_str }),
    ];
    for (const send of more) {
      const answer = await leavesAlone(test.app, hub, () => send().expect(409));
      expect(refusedBy(answer)).toMatchObject({ code: '409.filters-too-long' });
    }

    await owner.patch(rulePath(name, first), { filter_str: filtered(1000).filter_str }).expect(204);
    await addRule(owner, other, filtered(3000));
  });

  it(`409: beyond ${PATTERNS_MAX} patterns of a domain, which any request would wait for; nothing changes`, async () => {
    const { hub, owner, name } = await hubWithDomain();
    const seeking = (patterns: number): object => ({
      ...RULE,
      filter_str: Array.from({ length: patterns }, (_, index) => `http.user_agent matches "b.t${index}.*c"`).join(
        ' or ',
      ),
    });
    const quarter = PATTERNS_MAX / 4;
    const first = await addRule(owner, name, seeking(quarter));
    for (let rules = 1; rules < 4; rules += 1) {
      await addRule(owner, name, seeking(quarter));
    }

    const more = [
      () => owner.post(firewallPath(name), seeking(1)),
      () => owner.patch(rulePath(name, first), { filter_str: (seeking(quarter + 1) as typeof RULE).filter_str }),
    ];
    for (const send of more) {
      const answer = await leavesAlone(test.app, hub, () => send().expect(409));
      expect(refusedBy(answer)).toMatchObject({ code: '409.too-many-patterns' });
    }

    // What is no more than a beginning or an end of a text costs nothing; nor does a pattern in the place of another.
    await addRule(owner, name, { ...RULE, filter_str: 'http.request.uri.path matches "^/private/"' });
    await owner.patch(rulePath(name, first), { filter_str: (seeking(1) as typeof RULE).filter_str }).expect(204);
    await addRule(owner, name, seeking(quarter - 1));
  });
});
