import { Module } from '@nestjs/common';
import { AccountModule } from '../account/index.js';
import { ActivityModule } from '../activity/index.js';
import { ApiKeyModule } from '../api-key/index.js';
import { HubModule } from '../hub/index.js';
import { JobModule } from '../job/index.js';
import { MailModule } from '../mail/index.js';
import { RoleModule } from '../role/index.js';
import { HubMemberRepository } from './hub-member.repository.js';
import { HubMembers } from './hub-members.js';
import { InvitationController } from './invitation.controller.js';
import { InvitationService } from './invitation.service.js';
import { InviteMail } from './invite-mail.js';
import { InviteController } from './invite.controller.js';
import { InviteService } from './invite.service.js';
import { MemberController } from './member.controller.js';
import { MemberRepository } from './member.repository.js';
import { MemberRules } from './member.rules.js';
import { MemberService } from './member.service.js';
import { MembershipAnswers } from './membership-answers.js';
import { MembershipRecorder } from './membership.recorder.js';

@Module({
  imports: [AccountModule, ActivityModule, ApiKeyModule, HubModule, JobModule, MailModule, RoleModule],
  controllers: [MemberController, InviteController, InvitationController],
  providers: [
    HubMemberRepository,
    HubMembers,
    InvitationService,
    InviteMail,
    InviteService,
    MemberRepository,
    MemberRules,
    MemberService,
    MembershipAnswers,
    MembershipRecorder,
  ],
  exports: [HubMembers, MembershipRecorder],
})
export class MemberModule {}
