import { describe, expect, it } from 'vitest';
import { PATTERNS_MAX, RULES_MAX } from '../../src/modules/domain/rule.service.js';
import { leavesAlone, ownedHub, storedOf } from '../support/management.js';
import { tamper } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';
import { addRule, claim, firewallPath, refusedBy, RULE, rulePath } from './support.js';

const test = useTestApp();

async function hubWithDomain() {
  const made = await ownedHub(test.app);
  return { ...made, name: await claim(made.owner) };
}

describe('the rules of a domain', () => {
  it(`409: beyond ${RULES_MAX} of a domain; nothing changes`, async () => {
    const { hub, owner, name } = await hubWithDomain();
    await addRule(owner, name);
    const [template] = (await storedOf(test.app, hub)).domain_rule;
    const copies = Array.from({ length: RULES_MAX - 1 }, (_, index): [string, unknown[]] => {
      const row = { ...template, id: `copy-${index}`, pos: index + 1 };
      const columns = Object.keys(row);
      const marks = columns.map(() => '?').join(', ');
      return [`INSERT INTO domain_rule (${columns.join(', ')}) VALUES (${marks})`, Object.values(row)];
    });
    await tamper(test.app, ...copies);

    const answer = await leavesAlone(test.app, hub, () => owner.post(firewallPath(name), RULE).expect(409));

    expect(refusedBy(answer).code).toBe('409.too-many-rules');
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
