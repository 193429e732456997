import { Module } from '@nestjs/common';
import { DomainDirectory } from '../../../access/index.js';
import { ActiveRulesRepository } from '../active-rules.repository.js';
import { RuleChangeCheck } from '../rule-change-check.js';
import { ApprovedDomains } from './approved-domains.js';
import { AuthorCheck } from './author-check.js';
import { HubDomainDirectory } from './domain-directory.js';
import { DomainGate } from './domain-gate.js';
import { RuleLog } from './rule-log.js';
import { RuleSets } from './rule-sets.js';

/** What the access core asks of domains; apart from the rest, which itself stands on the access core. */
@Module({
  providers: [{ provide: DomainDirectory, useClass: HubDomainDirectory }],
  exports: [DomainDirectory],
})
export class DomainDirectoryModule {}

/** Domains and their rules, as they act on requests. */
@Module({
  providers: [
    ActiveRulesRepository,
    ApprovedDomains,
    DomainGate,
    RuleLog,
    RuleSets,
    { provide: RuleChangeCheck, useClass: AuthorCheck },
  ],
  exports: [ActiveRulesRepository, DomainGate, RuleChangeCheck],
})
export class DomainGateModule {}
