import { type Domain, type DomainState } from '../domain.entity.js';

/** With whom a domain is shared: with nobody, as members and keys of the hub reach it by their roles. */
export class DomainShareResponse {
  /** @example ana@example.com */
  email: string;
  permissions: string[];
}

export class DomainResponse {
  /** @example shop.example.com */
  name: string;
  /** Always empty: who may manage the domains of a hub is a matter of roles. */
  authorised: DomainShareResponse[];
  /** Where the domain is managed. @example http://10.0.0.5:20688/api/v1/domains/shop.example.com */
  manage_url: string;
  /** `pending` until whoever runs the server approves the claim; only then do its rules act. @example approved */
  state: DomainState;
  /** False while whoever runs the server has switched the rules of the domain off. */
  rules_enabled: boolean;
  /** @example 2026-03-01T08:00:00.000Z */
  created: string;

  static from({ name, state, rulesEnabled, createdAt }: Domain, server: string): DomainResponse {
    return {
      name,
      authorised: [],
      manage_url: `${server}/api/v1/domains/${name}`,
      state,
      rules_enabled: rulesEnabled,
      created: new Date(createdAt).toISOString(),
    };
  }
}

export class DomainsResponse {
  domains: DomainResponse[];
  /** Always empty: no hub shares a domain with another one. */
  granted_domains: DomainResponse[];
}
