import { Equals, IsString, Length, Matches, MaxLength } from 'class-validator';
import { ID_PATTERN } from '../../../common/ids.js';
import { MayBeAbsent } from '../../../common/http/validation.js';

const ROLE_RULE = { message: 'role_id must be the id of a role: 24 lower-case hex characters' };

export class CreateInviteDto {
  /** The e-mail address of who is to join. @example ada@example.com */
  @IsString()
  @MaxLength(254)
  recipient: string;

  /** The role that they will have. It ranks below your own. @example 0199e2f1a0c34b5d6e7f8091 */
  @Matches(ID_PATTERN, ROLE_RULE)
  role_id: string;
}

export class UpdateMemberDto {
  /** The role that they have from now on. It ranks below your own. @example 0199e2f1a0c34b5d6e7f8091 */
  @MayBeAbsent()
  @Matches(ID_PATTERN, ROLE_RULE)
  role_id?: string;
}

/** One of `accept` and `decline`. */
export class AnswerInviteDto {
  /** @example true */
  @MayBeAbsent()
  @Equals(true, { message: 'accept can only be true; send decline to decline' })
  accept?: true;

  /** @example true */
  @MayBeAbsent()
  @Equals(true, { message: 'decline can only be true; send accept to accept' })
  decline?: true;

  /** The one-time token of the mail; needed while the address of your account is not verified, or is another one. @example hgt_… */
  @MayBeAbsent()
  @IsString()
  @Length(1, 200)
  token?: string;
}
