import { randomUUID } from 'node:crypto';
import { Mutations } from '../../src/access/index.js';
import { newId } from '../../src/common/ids.js';
import { DomainRuleList } from '../../src/modules/domain/domain-rule-list.entity.js';
import { DomainRule } from '../../src/modules/domain/domain-rule.entity.js';
import { Domain } from '../../src/modules/domain/domain.entity.js';
import { type FirewallVerb } from '../../src/modules/domain/rule-actions.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { type TestApp } from '../support/test-app.js';

export interface TestDomain {
  readonly id: string;
  readonly hubId: string;
  /** The host. */
  readonly name: string;
}

/** A filter, what its rule does, and why. */
export type TestRule = readonly [filter: string, verb: FirewallVerb, reason?: string | null];

const CREATOR = { creatorType: 'platform', creatorId: '0'.repeat(24) };

/** A domain of the hub, as one that was claimed and approved. */
export async function domainOf(app: TestApp, { id: hubId }: TestHub, parts: Partial<Domain> = {}): Promise<TestDomain> {
  const domain = { id: newId(), hubId, name: `${newId()}.example` };
  const state = { state: 'approved', approvedName: parts.name ?? domain.name, rulesEnabled: true } as const;
  const row = { ...domain, ...state, ...CREATOR, ...timesOf(app), ...parts };
  await changeOf(app, row, (manager) => manager.insert(Domain, row));
  return { id: row.id, hubId, name: row.name };
}

/** Gives the domain exactly these rules; returns their ids. */
export async function setRules(app: TestApp, domain: TestDomain, rules: readonly TestRule[]): Promise<string[]> {
  const { id: domainId, hubId } = domain;
  const rows = rules.map(([filterStr, action, reason = null], pos) => ({
    id: randomUUID(),
    hubId,
    domainId,
    phase: 'firewall' as const,
    pos,
    enabled: true,
    name: `rule ${pos}`,
    filterStr,
    listNames: [],
    patterns: 0,
    actions: { firewall: [{ type: 'firewall', action, reason }] as const },
    ...CREATOR,
    ...timesOf(app),
  }));
  await changeOf(app, domain, async (manager) => {
    await manager.delete(DomainRule, { domainId });
    await manager.insert(DomainRule, rows);
  });
  return rows.map(({ id }) => id);
}

export async function addList(
  app: TestApp,
  domain: TestDomain,
  { name, type, entries }: Pick<DomainRuleList, 'name' | 'type' | 'entries'>,
): Promise<void> {
  const owner = { hubId: domain.hubId, domainId: domain.id };
  const row = { id: randomUUID(), ...owner, name, type, entries, entryCount: entries.length };
  await changeOf(app, domain, (manager) => manager.insert(DomainRuleList, { ...row, ...CREATOR, ...timesOf(app) }));
}

export function updateDomain(app: TestApp, domain: TestDomain, parts: Partial<Domain>): Promise<void> {
  return changeOf(app, domain, (manager) => manager.update(Domain, { id: domain.id }, parts));
}

/** The caller as somebody who asks for this host. */
export function at(caller: Client, host: string | TestDomain): Client {
  return caller.with({ host: typeof host === 'string' ? host : host.name });
}

type Manager = Parameters<Parameters<Mutations['announced']>[1]>[0];

async function changeOf(
  app: TestApp,
  { id, hubId }: Pick<TestDomain, 'id' | 'hubId'>,
  change: (manager: Manager) => Promise<unknown>,
): Promise<void> {
  await app.nest.get(Mutations).announced(hubId, async (tx, changed) => {
    await change(tx);
    changed({ kind: 'domain', id });
  });
}

function timesOf({ clock }: TestApp): { createdAt: number; updatedAt: number } {
  return { createdAt: clock.now(), updatedAt: clock.now() };
}
