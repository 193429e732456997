import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type AccountPrincipal, Authenticated, CurrentAccount } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { SessionResponse } from './dto/session.response.js';
import { SessionService } from './session.service.js';

@ApiTags('Account')
@Controller('v1/account/sessions')
export class SessionController {
  constructor(private readonly sessions: SessionService) {}

  /** Where you are signed in, the newest session first. */
  @Get()
  @Authenticated('session')
  @Answers(SessionResponse, { list: true })
  async list(@CurrentAccount() account: AccountPrincipal): Promise<Envelope<SessionResponse[]>> {
    return { data: SessionResponse.many(await this.sessions.list(account), account) };
  }

  /** Sign out everywhere else. The answer lists the sessions that ended. */
  @Delete()
  @Authenticated('session')
  @Answers(SessionResponse, { list: true })
  async endOthers(@CurrentAccount() account: AccountPrincipal): Promise<Envelope<SessionResponse[]>> {
    return { data: SessionResponse.many(await this.sessions.endOthers(account), account) };
  }

  /** End one session, at once and on every node. */
  @Delete(':sessionId')
  @Authenticated('session')
  @Answers(SessionResponse)
  async end(
    @CurrentAccount() account: AccountPrincipal,
    @Param('sessionId') id: string,
  ): Promise<Envelope<SessionResponse>> {
    return { data: SessionResponse.from(await this.sessions.end(account, id), account.session.sessionId) };
  }
}
