import { IsString, Length } from 'class-validator';
import { HOST_NAME_LENGTH_MAX } from '../host-name.js';

export class ClaimDomainDto {
  /** A host name, in any spelling; kept in lower case, with A-labels. @example shop.example.com */
  @IsString()
  @Length(1, HOST_NAME_LENGTH_MAX + 1)
  name: string;
}
