import { PartialType } from '@nestjs/swagger';
import { Transform, type TransformFnParams, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsObject,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsPlainText, IsTextMap, MayBeNull } from '../../../common/http/validation.js';

export const IDENTIFIER_PATTERN = /^[a-z0-9][a-z0-9_-]{0,99}$/;

export class CapabilitiesDto {
  /** Every capability there is and will be. @example false */
  @IsBoolean()
  all: boolean;

  /** Exactly these; see `GET /v1/hubs/capabilities`. @example ["api-keys-manage"] */
  @IsArray()
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  specific: string[];
}

export class CreateRoleDto {
  /** A label for people. @example Night shift */
  @MayBeNull()
  @IsPlainText(200)
  name?: string | null;

  /** A slug for tooling; need not be unique. @example night-shift */
  @Matches(IDENTIFIER_PATTERN, {
    message: 'identifier must be a slug of at most 100 characters: lower-case letters, digits, - and _',
  })
  identifier: string;

  /** 0 to 10. Below one's own rank. @example 3 */
  @IsInt()
  @Min(0)
  @Max(10)
  rank: number;

  /** What its holders may administer; null = nothing. */
  @MayBeNull()
  @IsObject()
  @ValidateNested()
  @Type(() => CapabilitiesDto)
  capabilities?: CapabilitiesDto | null;

  /** Texts of one's own; unused by the server. */
  @MayBeNull()
  @IsTextMap(50, 1000)
  // As it was sent: the transformer would drop names such as `toString`.
  @Transform(({ obj }: TransformFnParams) => (obj as CreateRoleDto).extra)
  extra?: Record<string, string> | null;
}

/** Only what is named changes. */
export class UpdateRoleDto extends PartialType(CreateRoleDto, { skipNullProperties: false }) {}
