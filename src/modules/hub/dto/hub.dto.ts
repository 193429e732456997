import { PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsObject, Matches, Max, Min, ValidateNested } from 'class-validator';
import { checkedBy, IsName, MayBeAbsent } from '../../../common/http/validation.js';
import { OVERLAP_SECONDS_CEILING } from '../hub-security.js';

const OVERLAP_RULE = { message: `max_overlap_seconds must be a whole number from 0 to ${OVERLAP_SECONDS_CEILING}` };
const SLUG_RULE = {
  message: 'identifier must be a slug of at most 100 characters: lower-case letters, digits, - and _',
};
const SLUG = /^[a-z0-9][a-z0-9_-]{0,99}$/;

/** The contract has it and this server has no use for it: saying so beats taking what would never act. */
const IsAlwaysNull = (why: string) =>
  checkedBy('isAlwaysNull', (value) => (value === null ? null : `must be null: ${why}`));
const NO_SERVERS = 'there are no servers here, so nothing would ever be sent';
const NO_BILLING = 'nothing is billed here';

export class HubWebhooksDto {
  /** Always null: there are no servers here. @example null */
  @MayBeAbsent()
  @IsAlwaysNull(NO_SERVERS)
  server_deployed?: string | null;

  /** Always null: there are no servers here. @example null */
  @MayBeAbsent()
  @IsAlwaysNull(NO_SERVERS)
  server_deleted?: string | null;
}

export class CreateHubDto {
  /** A name for people; need not be unique. @example "Plant Nord" */
  @IsName()
  name: string;

  /** A slug for tooling; need not be unique. Left out: made from the name. @example plant-nord */
  @MayBeAbsent()
  @Matches(SLUG, SLUG_RULE)
  identifier?: string;

  /** As in the contract; null is all it takes. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => HubWebhooksDto)
  webhooks?: HubWebhooksDto;
}

export class UpdateRotationPolicyDto {
  /** How long an old secret of a key may go on beside the new one, in seconds, at most. @example 86400 */
  @MayBeAbsent()
  @IsInt(OVERLAP_RULE)
  @Min(0, OVERLAP_RULE)
  @Max(OVERLAP_SECONDS_CEILING, OVERLAP_RULE)
  max_overlap_seconds?: number;

  /** Whether the use of a secret that has ended switches its key off. @example true */
  @MayBeAbsent()
  @IsBoolean()
  disable_on_reuse?: boolean;
}

export class UpdateHubSecurityDto {
  /** Whether members get in only with a second factor. Who sets it has signed in with one, or is a root key. @example false */
  @MayBeAbsent()
  @IsBoolean()
  force_2fa?: boolean;

  /**
   * Whether the keys of the hub and their tokens are taken at its own approved domains only. Refused from another host,
   * as that would shut out the key that asks, unless it is forced. @example false
   */
  @MayBeAbsent()
  @IsBoolean()
  require_domain?: boolean;

  /** Whether secrets made from now on are kept encrypted and shown again at the account door. True needs the capability `api-keys-reveal`; false destroys what was kept. @example false */
  @MayBeAbsent()
  @IsBoolean()
  readable_secrets?: boolean;

  /** How the hub's keys change their secrets. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => UpdateRotationPolicyDto)
  rotation?: UpdateRotationPolicyDto;
}

/** Only what is named changes. */
export class UpdateHubDto extends PartialType(CreateHubDto, { skipNullProperties: false }) {
  /** What the hub demands of those who enter it. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => UpdateHubSecurityDto)
  security?: UpdateHubSecurityDto;

  /** As in the contract; null is all it takes. @example null */
  @MayBeAbsent()
  @IsAlwaysNull(NO_BILLING)
  billing_emails?: string[] | null;

  /** As in the contract; null is all it takes. @example null */
  @MayBeAbsent()
  @IsAlwaysNull(NO_BILLING)
  billing_contact?: object | null;
}
