import { PartialType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsString, Matches, MaxLength } from 'class-validator';
import { SCOPES, type Scope } from '../../../access/index.js';
import { ID_PATTERN } from '../../../common/ids.js';
import { IsName, IsPlainText, IsTime, MayBeAbsent, MayBeNull } from '../../../common/http/validation.js';

export class CreateApiKeyDto {
  /** A name for people; need not be unique. @example "ERP sync" */
  @IsName()
  name: string;

  /** The role that the key carries. It ranks below your own, or is your own. @example 0199e2f1a0c34b5d6e7f8091 */
  @Matches(ID_PATTERN, { message: 'role_id must be the id of a role: 24 lower-case hex characters' })
  role_id: string;

  /** Addresses and networks (CIDR) from which the key may be used; null = anywhere. Left out, a restricted maker passes its own on. @example ["192.0.2.0/24"] */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  ips?: string[] | null;

  /** The user group whose data the key may touch; null = none. @example 0199e2f1b77d4e0a92c5d318 */
  @MayBeNull()
  @Matches(ID_PATTERN, { message: 'group_id must be the id of a user group, or null' })
  group_id?: string | null;

  /** What the key may do with the data of its group. @example ["read:lists"] */
  @MayBeAbsent()
  @IsArray()
  @ArrayUnique()
  @IsIn(SCOPES, { each: true, message: `each scope must be one of ${SCOPES.join(', ')}` })
  scopes?: Scope[];

  /** When the key ends, RFC 3339; null = never. Left out, a maker that ends passes its own end on. @example 2030-01-01T00:00:00Z */
  @MayBeNull()
  @IsTime()
  expires_at?: string | null;

  /** For people: whose it is, what it is for. @example "Owned by the ERP team" */
  @MayBeNull()
  @IsPlainText(1000)
  description?: string | null;
}

const SETTABLE_STATES = ['live', 'inactive'] as const;

/** Only what is named changes, and it acts at once, also on tokens that are out. */
export class UpdateApiKeyDto extends PartialType(CreateApiKeyDto, { skipNullProperties: false }) {
  /** `inactive` refuses the key until it is `live` again, and ends the access tokens that are out for good. @example inactive */
  @MayBeAbsent()
  @IsIn(SETTABLE_STATES, { message: `state must be one of ${SETTABLE_STATES.join(', ')}` })
  state?: (typeof SETTABLE_STATES)[number];
}
