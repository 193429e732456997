import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type AccountPrincipal, Authenticated, CurrentAccount, Public } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { type Client, CurrentClient } from './client.decorator.js';
import { SessionResponse, SessionTokenResponse } from './dto/session.response.js';
import { SignInDto } from './dto/sign-in.dto.js';
import { SessionService } from './session.service.js';
import { SignInService } from './sign-in.service.js';

@ApiTags('Sign-in')
@Controller('v1/auth')
export class SignInController {
  constructor(
    private readonly signIn: SignInService,
    private readonly sessions: SessionService,
  ) {}

  /** Sign in. The token of the session is in this answer and never again. Open to all: it is how one gets a credential. */
  @Post('login')
  @Public()
  @Answers(SessionTokenResponse)
  async login(@Body() body: SignInDto, @CurrentClient() client: Client): Promise<Envelope<SessionTokenResponse>> {
    return { data: SessionTokenResponse.from(await this.signIn.signIn(body, client)) };
  }

  /** Sign out. The session is refused from now on, on every node. */
  @Post('logout')
  @Authenticated('any-session')
  @Answers(SessionResponse)
  async logout(@CurrentAccount() account: AccountPrincipal): Promise<Envelope<SessionResponse>> {
    return { data: SessionResponse.from(await this.sessions.logout(account), account.session.sessionId) };
  }
}
