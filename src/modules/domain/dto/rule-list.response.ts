import { type DomainRuleList, type RuleListType } from '../domain-rule-list.entity.js';
import { type RuleListHead } from '../rule-list.repository.js';

export class RuleListHeadResponse {
  /** @example 0b8e2f64-6f0c-4d0e-8a56-0a51c3d8d0f2 */
  uuid: string;
  /** @example office */
  name: string;
  /** @example ip */
  type: RuleListType;
  /** How many entries it has. @example 2 */
  count: number;

  static from({ id, name, type, entryCount }: RuleListHead): RuleListHeadResponse {
    return { uuid: id, name, type, count: entryCount };
  }
}

export class RuleListResponse extends RuleListHeadResponse {
  /** Each once, in their canonical spelling; null unless the type is `ip`. @example ["192.0.2.0/24", "2001:db8::/48"] */
  ips: string[] | null;
  /** Null unless the type is `string`. */
  strs: string[] | null;
  /** Null unless the type is `int`. */
  ints: number[] | null;

  static override from(list: DomainRuleList): RuleListResponse {
    const entries = [...list.entries];
    return Object.assign(new RuleListResponse(), RuleListHeadResponse.from(list), {
      ips: list.type === 'ip' ? (entries as string[]) : null,
      strs: list.type === 'string' ? (entries as string[]) : null,
      ints: list.type === 'int' ? (entries as number[]) : null,
    });
  }
}
