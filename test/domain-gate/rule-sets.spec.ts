import { beforeAll, describe, expect, it } from 'vitest';
import { type CompiledRules } from '../../src/modules/domain/gate/compiled-rules.js';
import { RuleSets } from '../../src/modules/domain/gate/rule-sets.js';
import { useTestApp } from '../support/test-app.js';
import { domainOf, setRules, type TestDomain } from './support.js';

const test = useTestApp();
let domain: TestDomain;
beforeAll(async () => {
  domain = await domainOf(test.app, await test.app.create.hub());
});

const read = (): Promise<CompiledRules> =>
  test.app.nest.get(RuleSets).fresh({ ...domain, rulesEnabled: true, hubLive: true });

describe('rules that are read again', () => {
  it('are compiled again only if they are others', async () => {
    await setRules(test.app, domain, [['http.host == "a.example"', 'deny']]);
    const first = await read();
    expect(first.size).toBe(1);
    expect(await read()).toBe(first);

    await setRules(test.app, domain, [
      ['http.host == "a.example"', 'deny'],
      ['http.host == "b.example"', 'deny'],
    ]);
    expect((await read()).size).toBe(2);
  });
});
