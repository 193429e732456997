import { ApiProperty } from '@nestjs/swagger';
import { type DomainRule } from '../domain-rule.entity.js';
import { type FirewallVerb } from '../rule-actions.js';
import { type RuleSummary } from '../rule.repository.js';
import { FILTER_EXAMPLE } from './rule.dto.js';

/** What was made. */
export class MadeResponse {
  /** @example 6f2b1c1e-8f0e-4c55-9d7a-2f1f0b8f7a10 */
  uuid: string;
}

export class FirewallActionResponse {
  /** @example firewall */
  type: 'firewall';
  /** @example deny */
  action: FirewallVerb;
  /** @example "Only from the office" */
  reason: string | null;
}

export class RuleActionsResponse {
  firewall: FirewallActionResponse[];
}

export class RuleSummaryResponse {
  /** @example 6f2b1c1e-8f0e-4c55-9d7a-2f1f0b8f7a10 */
  uuid: string;
  /** From 0, without gaps: the first rule that matches decides. @example 0 */
  pos: number;
  enabled: boolean;
  /** @example "Block private paths" */
  name: string;
  @ApiProperty({ example: FILTER_EXAMPLE })
  filter_str: string;
  /** @example firewall */
  phase: string;

  static from({ id, pos, enabled, name, filterStr, phase }: RuleSummary): RuleSummaryResponse {
    return { uuid: id, pos, enabled, name, filter_str: filterStr, phase };
  }
}

export class RuleResponse extends RuleSummaryResponse {
  actions: RuleActionsResponse;

  static override from(rule: DomainRule): RuleResponse {
    const actions = { firewall: [...rule.actions.firewall] };
    return Object.assign(new RuleResponse(), RuleSummaryResponse.from(rule), { actions });
  }
}
