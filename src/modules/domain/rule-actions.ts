export const FIREWALL_ACTIONS = ['allow', 'deny', 'challenge', 'log'] as const;
export type FirewallVerb = (typeof FIREWALL_ACTIONS)[number];

export interface FirewallAction {
  readonly type: 'firewall';
  readonly action: FirewallVerb;
  readonly reason: string | null;
}

/** What a rule does, as the account contract has it: a list for each type of action. Here it is exactly one. */
export interface RuleActions {
  readonly firewall: readonly [FirewallAction];
}
