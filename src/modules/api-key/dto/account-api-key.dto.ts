import { IsName } from '../../../common/http/validation.js';

export class CreateAccountApiKeyDto {
  /** What the key is called, and found by: no other live key of the hub is called so, whatever the case. @example "CI pipeline" */
  @IsName()
  name: string;
}
