import { Type } from 'class-transformer';
import { Equals, IsObject, IsString, MaxLength, ValidateNested } from 'class-validator';
import { IsPlainText, MayBeAbsent } from '../../../common/http/validation.js';
import { ACCOUNT_NAME_LENGTH_MAX } from '../account.entity.js';
import { CodeDto, SECRET_TEXT_MAX } from './sign-in.dto.js';

const TOKEN_LENGTH_MAX = 200;

export class AccountNameDto {
  /** @example Ada */
  @IsPlainText(ACCOUNT_NAME_LENGTH_MAX)
  first: string;

  /** @example Lovelace */
  @IsPlainText(ACCOUNT_NAME_LENGTH_MAX)
  last: string;
}

export class UpdateAccountNameDto {
  /** @example Ada */
  @MayBeAbsent()
  @IsPlainText(ACCOUNT_NAME_LENGTH_MAX)
  first?: string;

  /** @example Lovelace */
  @MayBeAbsent()
  @IsPlainText(ACCOUNT_NAME_LENGTH_MAX)
  last?: string;
}

/** Only what is named changes. */
export class UpdateAccountDto {
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => UpdateAccountNameDto)
  name?: UpdateAccountNameDto;

  /** Always false: nobody can sign in to support you. @example false */
  @MayBeAbsent()
  @Equals(false, { message: 'allow_support_login can only be false: there is no support sign-in here' })
  allow_support_login?: boolean;
}

export class RegisterDto {
  /** The one-time token from the invite's mail. @example hgt_0199e2f1a0c34b5d6e7f8091_… */
  @IsString()
  @MaxLength(TOKEN_LENGTH_MAX)
  invite_token: string;

  /** 12 to 128 characters; no rule about kinds of characters. @example "some quite ordinary words" */
  @IsString()
  @MaxLength(SECRET_TEXT_MAX)
  password: string;

  @IsObject()
  @ValidateNested()
  @Type(() => AccountNameDto)
  name: AccountNameDto;
}

export class ChangePasswordDto extends CodeDto {
  /** Also a one-time password. @example "some quite ordinary words" */
  @IsString()
  @MaxLength(SECRET_TEXT_MAX)
  current_password: string;

  /** 12 to 128 characters; no rule about kinds of characters. @example "other words, as ordinary" */
  @IsString()
  @MaxLength(SECRET_TEXT_MAX)
  password: string;
}

export class VerifyEmailDto {
  /** The one-time token from the mail. @example hgt_0199e2f1a0c34b5d6e7f8091_… */
  @IsString()
  @MaxLength(TOKEN_LENGTH_MAX)
  token: string;
}

export class ConfirmTwoFactorDto {
  /** A code of the authenticator app, made with the new secret. @example "123456" */
  @IsString()
  @MaxLength(64)
  totp: string;
}
