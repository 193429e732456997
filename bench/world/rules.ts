import { randomUUID } from 'node:crypto';
import { newId } from '../../src/common/ids.js';
import { Database } from '../../src/database/index.js';
import { DomainRule } from '../../src/modules/domain/domain-rule.entity.js';
import { Domain } from '../../src/modules/domain/domain.entity.js';
import { openApp } from './app.js';
import { type World } from './world.js';

export const RULES = 1000;

/** Hosts of the hub, by what their rules are like. */
export const HOSTS = {
  none: 'without-rules.example',
  mixed: 'mixed-rules.example',
  first: 'first-matches.example',
  texts: 'text-rules.example',
} as const;

/** As people write them: addresses and networks, paths, beginnings of paths, and now and then a header or a part of a text. */
function mixed(number: number): string {
  const filters = [
    `ip.src in {198.51.${number % 250}.0/24 2001:db8:${number.toString(16)}::/48}`,
    `http.request.uri.path eq "/private/${number}"`,
    `ip.src == 203.0.113.${number % 250} and http.request.method == "POST"`,
    `http.request.uri.path matches "^/internal/${number}/"`,
    `starts_with(http.request.uri.path, "/old/${number}/")`,
  ];
  return number % 50 === 0 ? `http.user_agent contains "scanner-${number}"` : filters[number % filters.length];
}

const SETS: Readonly<Record<keyof typeof HOSTS, readonly string[]>> = {
  none: [],
  mixed: many(mixed),
  first: ['ip.src in {0.0.0.0/0 ::/0}', ...many(mixed).slice(1)],
  texts: many((number) => `http.request.uri.path contains "secret-${number}"`),
};

/** Domains of the hub of this world, each with its rules; all of them let through. */
export async function addDomains({ url, hubId }: World): Promise<void> {
  const app = await openApp(url);
  try {
    await app.get(Database).transaction(async (tx) => {
      for (const [key, name] of Object.entries(HOSTS)) {
        const domain = { id: newId(), hubId, name, state: 'approved', approvedName: name, rulesEnabled: true } as const;
        await tx.insert(Domain, { ...domain, ...BORN });
        const rules = SETS[key as keyof typeof HOSTS].map((filterStr, pos) => rule(domain, filterStr, pos));
        for (let from = 0; from < rules.length; from += 50) {
          await tx.insert(DomainRule, rules.slice(from, from + 50));
        }
      }
    });
  } finally {
    await app.close();
  }
}

const BORN = { creatorType: 'platform', creatorId: '0'.repeat(24), createdAt: 1, updatedAt: 1 };

function rule({ id: domainId, hubId }: Pick<Domain, 'id' | 'hubId'>, filterStr: string, pos: number) {
  const action = {
    type: 'firewall' as const,
    action: pos === 0 ? ('allow' as const) : ('deny' as const),
    reason: null,
  };
  return {
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
    actions: { firewall: [action] as const },
    ...BORN,
  };
}

function many(write: (number: number) => string): string[] {
  return Array.from({ length: RULES }, (_, index) => write(index + 1));
}
