import { Module } from '@nestjs/common';
import { AccountRepository } from './account.repository.js';
import { AccountService } from './account.service.js';
import { AccountSessionRepository } from './account-session.repository.js';
import { PasswordHasher } from './password-hasher.js';
import { SecondFactor } from './second-factor.js';
import { SessionService } from './session.service.js';
import { SignInDelays } from './sign-in-delays.js';
import { SignInThrottle } from './sign-in-throttle.js';

@Module({
  providers: [
    AccountRepository,
    AccountService,
    AccountSessionRepository,
    PasswordHasher,
    SecondFactor,
    SessionService,
    SignInDelays,
    SignInThrottle,
  ],
  exports: [AccountService],
})
export class AccountModule {}
