import { Module } from '@nestjs/common';
import { SessionDirectory } from '../../access/index.js';
import { PublicAccounts } from '../activity/index.js';
import { AccountRepository } from './account.repository.js';
import { AccountService } from './account.service.js';
import { ActivityAccounts } from './activity-accounts.js';
import { AccountSessionRepository } from './account-session.repository.js';
import { PasswordHasher } from './password-hasher.js';
import { SecondFactor } from './second-factor.js';
import { AccountSessionDirectory } from './session-directory.js';
import { SessionService } from './session.service.js';
import { SessionUseWriter } from './session-use-writer.js';
import { SignInDelays } from './sign-in-delays.js';
import { SignInThrottle } from './sign-in-throttle.js';

/** What the access core looks sessions up with; apart from the rest, which itself stands on the access core. */
@Module({
  providers: [{ provide: SessionDirectory, useClass: AccountSessionDirectory }],
  exports: [SessionDirectory],
})
export class SessionDirectoryModule {}

@Module({
  providers: [
    AccountRepository,
    AccountService,
    { provide: PublicAccounts, useClass: ActivityAccounts },
    AccountSessionRepository,
    PasswordHasher,
    SecondFactor,
    SessionService,
    SessionUseWriter,
    SignInDelays,
    SignInThrottle,
  ],
  exports: [AccountService, PublicAccounts, SessionUseWriter],
})
export class AccountModule {}
