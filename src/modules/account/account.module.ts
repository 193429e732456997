import { Module } from '@nestjs/common';
import { SessionDirectory } from '../../access/index.js';
import { ActivityModule, PublicAccounts } from '../activity/index.js';
import { MailModule } from '../mail/index.js';
import { AccountController } from './account.controller.js';
import { AccountLog } from './account-log.js';
import { AccountMails } from './account-mails.js';
import { AccountRepository } from './account.repository.js';
import { AccountService } from './account.service.js';
import { ActivityAccounts } from './activity-accounts.js';
import { AccountSessionRepository } from './account-session.repository.js';
import { IdentityProof } from './identity-proof.js';
import { MembershipEnds } from './membership-ends.js';
import { OwnAccountService } from './own-account.service.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordService } from './password.service.js';
import { RegistrationService } from './registration.service.js';
import { SecondFactor } from './second-factor.js';
import { SessionController } from './session.controller.js';
import { AccountSessionDirectory } from './session-directory.js';
import { SessionPurge } from './session-purge.js';
import { SessionService } from './session.service.js';
import { SessionUseWriter } from './session-use-writer.js';
import { SignInController } from './sign-in.controller.js';
import { SignInDelays } from './sign-in-delays.js';
import { SignInService } from './sign-in.service.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { TwoFactorController } from './two-factor.controller.js';
import { TwoFactorService } from './two-factor.service.js';
import { VerificationService } from './verification.service.js';

/** What the access core looks sessions up with; apart from the rest, which itself stands on the access core. */
@Module({
  providers: [{ provide: SessionDirectory, useClass: AccountSessionDirectory }],
  exports: [SessionDirectory],
})
export class SessionDirectoryModule {}

const SIGN_IN = [PasswordHasher, SecondFactor, SignInDelays, SignInService, SignInThrottle];
const OWN = [
  IdentityProof,
  MembershipEnds,
  OwnAccountService,
  PasswordService,
  RegistrationService,
  TwoFactorService,
  VerificationService,
];

@Module({
  imports: [ActivityModule, MailModule],
  controllers: [AccountController, SessionController, SignInController, TwoFactorController],
  providers: [
    ...OWN,
    ...SIGN_IN,
    AccountLog,
    AccountMails,
    AccountRepository,
    AccountService,
    { provide: PublicAccounts, useClass: ActivityAccounts },
    AccountSessionRepository,
    SessionPurge,
    SessionService,
    SessionUseWriter,
  ],
  exports: [
    AccountService,
    PasswordHasher,
    PublicAccounts,
    SessionPurge,
    SessionService,
    SessionUseWriter,
    SignInDelays,
  ],
})
export class AccountModule {}
