import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { DomainClaims } from './domain-claims.js';
import { DomainController } from './domain.controller.js';
import { DomainRepository } from './domain.repository.js';
import { DomainService } from './domain.service.js';
import { DomainGateModule } from './gate/index.js';
import { HubDomains } from './hub-domains.js';
import { RuleChanges } from './rule-change.js';
import { RuleListController } from './rule-list.controller.js';
import { RuleListRepository } from './rule-list.repository.js';
import { RuleListService } from './rule-list.service.js';
import { RuleController } from './rule.controller.js';
import { RuleRepository } from './rule.repository.js';
import { RuleService } from './rule.service.js';

/** The host names of hubs, and the rules for requests at them. */
@Module({
  imports: [ActivityModule, DomainGateModule],
  controllers: [DomainController, RuleController, RuleListController],
  providers: [
    DomainClaims,
    DomainRepository,
    DomainService,
    HubDomains,
    RuleChanges,
    RuleListRepository,
    RuleListService,
    RuleRepository,
    RuleService,
  ],
  exports: [DomainClaims, HubDomains],
})
export class DomainModule {}
