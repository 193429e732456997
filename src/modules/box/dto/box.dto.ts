import { PartialType } from '@nestjs/swagger';
import { Transform, type TransformFnParams, Type } from 'class-transformer';
import { IsObject, IsString, Length, Matches, MaxLength, ValidateNested } from 'class-validator';
import { IsName, IsPlainText, IsTextMap, MayBeAbsent, MayBeNull } from '../../../common/http/validation.js';

/** Letters, digits, dots, underscores and hyphens, as `PB0000PT`. */
export const BOX_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const SECRET_CHARACTERS = /^[^\p{Cc}\p{Cs}]+$/u;

export class BoxCredentialsDto {
  /** With `password`. Without a colon. @example hub */
  @MayBeAbsent()
  @Matches(/^[^:\p{Cc}\p{Cs}]{1,200}$/u, { message: 'user must be text of 1 to 200 characters without a colon' })
  user?: string;

  /** With `user`. @example "correct horse battery staple" */
  @MayBeAbsent()
  @Matches(SECRET_CHARACTERS, { message: 'password must not be empty or contain control characters' })
  @MaxLength(1000)
  password?: string;

  /** Instead of user and password: sent as `Authorization: Bearer …`. */
  @MayBeAbsent()
  @Matches(/^[\x21-\x7e]+$/, { message: 'token must be visible ASCII characters without blanks' })
  @MaxLength(4000)
  token?: string;
}

export class CreateBoxDto {
  /** As printed on the box. Unique in the hub, without regard to case. @example PB0000PT */
  @Matches(BOX_ID_PATTERN, {
    message: 'box_id must have 1 to 64 letters, digits, dots, underscores and hyphens, as PB0000PT',
  })
  box_id: string;

  /** For people. @example "Packing line 3" */
  @IsName()
  name: string;

  /** A label for people; nothing is decided by it. @example Packing */
  @MayBeNull()
  @IsPlainText(200)
  group?: string | null;

  /** `host`, `host:port`, or either behind `http://` or `https://`; the port is 40404 unless said. Left out = the hub never calls the box. @example 10.20.0.31 */
  @MayBeNull()
  @IsString()
  @Length(1, 255)
  address?: string | null;

  /** How the hub signs in at the box. Kept sealed and never shown. A new `address` ends them, unless new ones come with it. */
  @MayBeNull()
  @IsObject()
  @ValidateNested()
  @Type(() => BoxCredentialsDto)
  credentials?: BoxCredentialsDto | null;

  /** Texts of one's own; unused by the server. */
  @MayBeNull()
  @IsTextMap(50, 1000)
  // As it was sent: the transformer would drop names such as `toString`.
  @Transform(({ obj }: TransformFnParams) => (obj as CreateBoxDto).properties)
  properties?: Record<string, string> | null;
}

/** Only what is named changes; null clears. */
export class UpdateBoxDto extends PartialType(CreateBoxDto, { skipNullProperties: false }) {}
