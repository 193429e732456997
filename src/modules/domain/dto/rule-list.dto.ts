import { IsArray, IsIn, Matches } from 'class-validator';
import { MayBeNull } from '../../../common/http/validation.js';
import { RULE_LIST_TYPES, type RuleListType } from '../domain-rule-list.entity.js';

export class WriteRuleListDto {
  /** As filters name it behind `$`: letters, digits, `_`, `.` and `-`, with regard to case. @example office */
  @Matches(/^\w[\w.-]{0,63}$/, {
    message:
      'name must have 1 to 64 letters, digits, underscores, dots and hyphens, the first of them no dot or hyphen',
  })
  name: string;

  /** What its entries are. @example ip */
  @IsIn(RULE_LIST_TYPES)
  type: RuleListType;

  /** Of a list of type `ip`: addresses and networks. @example ["192.0.2.0/24", "2001:db8::/48"] */
  @MayBeNull()
  @IsArray()
  ips?: string[] | null;

  /** Of a list of type `string`: texts of at most 256 characters. */
  @MayBeNull()
  @IsArray()
  strs?: string[] | null;

  /** Of a list of type `int`: whole numbers. */
  @MayBeNull()
  @IsArray()
  ints?: number[] | null;
}
