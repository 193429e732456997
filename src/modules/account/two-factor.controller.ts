import { Body, Controller, Delete, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type AccountPrincipal, Authenticated, CurrentAccount } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { ConfirmTwoFactorDto } from './dto/account.dto.js';
import { AccountResponse } from './dto/account.response.js';
import { ProofDto } from './dto/sign-in.dto.js';
import { RecoveryCodesResponse, TwoFactorSecretResponse } from './dto/two-factor.response.js';
import { TwoFactorService } from './two-factor.service.js';

@ApiTags('Account')
@Controller('v1/account/two-factor')
export class TwoFactorController {
  constructor(private readonly twoFactor: TwoFactorService) {}

  /** A secret for an authenticator app. It counts once it was confirmed; one that is in force stays so until then. */
  @Post()
  @Authenticated('session')
  @Answers(TwoFactorSecretResponse)
  async begin(
    @CurrentAccount() account: AccountPrincipal,
    @Body() body: ProofDto,
  ): Promise<Envelope<TwoFactorSecretResponse>> {
    return { data: TwoFactorSecretResponse.from(await this.twoFactor.begin(account, body)) };
  }

  /** Confirm the secret by a code. Codes are asked for from now on, and your other sessions end. */
  @Put()
  @Authenticated('session')
  @Answers(RecoveryCodesResponse)
  async confirm(
    @CurrentAccount() account: AccountPrincipal,
    @Body() { totp }: ConfirmTwoFactorDto,
  ): Promise<Envelope<RecoveryCodesResponse>> {
    return { data: { recovery_codes: [...(await this.twoFactor.confirm(account, totp))] } };
  }

  /** Remove the second factor. */
  @Delete()
  @Authenticated('session')
  @Answers(AccountResponse)
  async remove(
    @CurrentAccount() account: AccountPrincipal,
    @Body() body: ProofDto,
  ): Promise<Envelope<AccountResponse>> {
    return { data: AccountResponse.from(await this.twoFactor.remove(account, body)) };
  }

  /** New recovery codes; those before are of no use any more. */
  @Post('recovery-codes')
  @Authenticated('session')
  @Answers(RecoveryCodesResponse)
  async renewCodes(
    @CurrentAccount() account: AccountPrincipal,
    @Body() body: ProofDto,
  ): Promise<Envelope<RecoveryCodesResponse>> {
    return { data: { recovery_codes: [...(await this.twoFactor.renewCodes(account, body))] } };
  }
}
