import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsBoolean, IsObject, IsString, Length, Matches } from 'class-validator';
import { IsPlainText, MayBeNull } from '../../../common/http/validation.js';
import { FILTER_LENGTH_MAX } from '../filter/index.js';
import { type FirewallVerb } from '../rule-actions.js';

const RULES_MAX = 1000;
const UUID_LENGTH = 36;
/** For decorators: a remark loses its quotation marks on the way into the documents. */
export const FILTER_EXAMPLE = 'http.request.uri.path matches "^/private/"';

export class FirewallActionDto {
  /** @example firewall */
  type: 'firewall';
  /** `challenge` is a 401, `deny` a 403; `log` is noted, and the next rules are asked. @example deny */
  action: FirewallVerb;
  /** Told to who is refused. At most 200 characters. @example "Only from the office" */
  reason?: string | null;
}

export class RuleActionsDto {
  /** Exactly one. */
  firewall: FirewallActionDto[];
}

export class AddRuleDto {
  /** As in the path. @example firewall */
  @MayBeNull()
  @IsString()
  @Length(1, 64)
  phase?: string | null;

  /** For people. @example "Block private paths" */
  @IsPlainText(200)
  name: string;

  /** Which requests the rule is about, in the filter language. */
  @ApiProperty({ example: FILTER_EXAMPLE })
  @IsString()
  @Length(1, FILTER_LENGTH_MAX)
  @Matches(/^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u, { message: 'filter_str must not contain control characters' })
  filter_str: string;

  /** What becomes of them. */
  @IsObject()
  actions: RuleActionsDto;
}

export class UpdateRuleDto {
  @MayBeNull()
  @IsBoolean()
  enabled?: boolean | null;

  /** For people. @example "Block private paths" */
  @MayBeNull()
  @IsPlainText(200)
  name?: string | null;

  /** Which requests the rule is about, in the filter language. @example "ip.src in {192.0.2.0/24}" */
  @MayBeNull()
  @IsString()
  @Length(1, FILTER_LENGTH_MAX)
  @Matches(/^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u, { message: 'filter_str must not contain control characters' })
  filter_str?: string | null;

  /** What becomes of them. */
  @MayBeNull()
  @IsObject()
  actions?: RuleActionsDto | null;
}

export class ReorderRulesDto {
  /** Every rule of the phase, once: the first that matches decides. */
  @IsArray()
  @ArrayMaxSize(RULES_MAX)
  @IsString({ each: true })
  @Length(UUID_LENGTH, UUID_LENGTH, { each: true })
  order: string[];
}
