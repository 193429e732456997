import { IsString, MaxLength } from 'class-validator';
import { MayBeAbsent } from '../../../common/http/validation.js';

const CODE_LENGTH_MAX = 64;
/** More than any password or address has; what is longer is refused before it is looked at. */
export const SECRET_TEXT_MAX = 1024;

/** Further proof beside a password; one of the two, where the account has a second factor. */
export class CodeDto {
  /** A code of the authenticator app. @example "123456" */
  @MayBeAbsent()
  @IsString()
  @MaxLength(CODE_LENGTH_MAX)
  totp?: string;

  /** A recovery code, in place of the app. Each is good once. @example "K7QX-2MPA-95JD-TRWZ" */
  @MayBeAbsent()
  @IsString()
  @MaxLength(CODE_LENGTH_MAX)
  recovery_code?: string;
}

export class SignInDto extends CodeDto {
  /** @example ada@example.com */
  @IsString()
  @MaxLength(SECRET_TEXT_MAX)
  email: string;

  /** @example "some quite ordinary words" */
  @IsString()
  @MaxLength(SECRET_TEXT_MAX)
  password: string;
}

/** What a signed-in person proves before a change that a stolen session must not make. */
export class ProofDto extends CodeDto {
  /** The current password. @example "some quite ordinary words" */
  @IsString()
  @MaxLength(SECRET_TEXT_MAX)
  password: string;
}
