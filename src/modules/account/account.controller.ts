import { Body, Controller, Delete, Get, Patch, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type AccountPrincipal, Authenticated, CurrentAccount, Public } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { type Client, CurrentClient } from './client.decorator.js';
import { ChangePasswordDto, RegisterDto, UpdateAccountDto, VerifyEmailDto } from './dto/account.dto.js';
import { AccountDeletionResponse, AccountResponse } from './dto/account.response.js';
import { ProofDto } from './dto/sign-in.dto.js';
import { OwnAccountService } from './own-account.service.js';
import { PasswordService } from './password.service.js';
import { RegistrationService } from './registration.service.js';
import { VerificationService } from './verification.service.js';

@ApiTags('Account')
@Controller('v1/account')
export class AccountController {
  constructor(
    private readonly accounts: OwnAccountService,
    private readonly passwords: PasswordService,
    private readonly registration: RegistrationService,
    private readonly verification: VerificationService,
  ) {}

  /** Your account. */
  @Get()
  @Authenticated('any-session')
  @Answers(AccountResponse)
  async get(@CurrentAccount() account: AccountPrincipal): Promise<Envelope<AccountResponse>> {
    return { data: AccountResponse.from(await this.accounts.get(account)) };
  }

  /** Make an account for the address that was invited; then sign in and accept. Open to all: the token is the proof. */
  @Post()
  @Public()
  @Answers(AccountResponse, { status: 201 })
  async register(@Body() body: RegisterDto, @CurrentClient() client: Client): Promise<Envelope<AccountResponse>> {
    return { data: AccountResponse.from(await this.registration.register(body, client)) };
  }

  /** Change your name. */
  @Patch()
  @Authenticated('session')
  @Answers(AccountResponse)
  async update(
    @CurrentAccount() account: AccountPrincipal,
    @Body() body: UpdateAccountDto,
  ): Promise<Envelope<AccountResponse>> {
    return { data: AccountResponse.from(await this.accounts.update(account, body)) };
  }

  /** Delete your account for good; refused while a hub would be left without an owner. */
  @Delete()
  @Authenticated('session')
  @Answers(AccountDeletionResponse, { status: 202 })
  async delete(
    @CurrentAccount() account: AccountPrincipal,
    @Body() body: ProofDto,
  ): Promise<Envelope<AccountDeletionResponse>> {
    return this.accounts.delete(account, body).then(() => ({ data: { action: 'account.delete' } }));
  }

  /** Choose another password. Every session ends, this one included. */
  @Put('password')
  @Authenticated('any-session')
  @Answers(AccountResponse)
  async changePassword(
    @CurrentAccount() account: AccountPrincipal,
    @Body() body: ChangePasswordDto,
  ): Promise<Envelope<AccountResponse>> {
    return { data: AccountResponse.from(await this.passwords.change(account, body)) };
  }

  /** Have a one-time token mailed to your address, to prove that it is yours. */
  @Post('verification')
  @Authenticated('session')
  @Answers(AccountResponse)
  async requestVerification(@CurrentAccount() account: AccountPrincipal): Promise<Envelope<AccountResponse>> {
    return { data: AccountResponse.from(await this.verification.request(account)) };
  }

  /** Prove your address by the token. */
  @Put('verification')
  @Authenticated('session')
  @Answers(AccountResponse)
  async confirmVerification(
    @CurrentAccount() account: AccountPrincipal,
    @Body() { token }: VerifyEmailDto,
  ): Promise<Envelope<AccountResponse>> {
    return { data: AccountResponse.from(await this.verification.confirm(account, token)) };
  }
}
