import { Injectable } from '@nestjs/common';
import { type Mutation, Mutations, type Principal } from '../../access/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { type Domain } from './domain.entity.js';
import { CAPABILITY, componentOf, DomainService } from './domain.service.js';
import { RuleChangeCheck, type SentRequest } from './rule-change-check.js';

/** Who changes rules, by which request, and whether even when it locks them out. */
export interface RuleAuthor {
  readonly principal: Principal;
  readonly request: SentRequest;
  readonly force: boolean;
}

/** What a change works with: its transaction, and the domain whose rules it changes. */
export interface RuleMutation extends Mutation {
  readonly domain: Domain;
  /** The row of the audit; the thing is named in the annotations, because the component is the domain. */
  record(event: string, thing: Readonly<Record<string, unknown>>, before: object, after: object): Promise<void>;
}

/** Runs every change of the rules and lists of a domain: authorised, kept from locking its author out, announced. */
@Injectable()
export class RuleChanges {
  constructor(
    private readonly domains: DomainService,
    private readonly check: RuleChangeCheck,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
  ) {}

  run<T>(
    { principal, request, force }: RuleAuthor,
    name: string,
    work: (change: RuleMutation) => Promise<T>,
  ): Promise<T> {
    return this.mutations.run(principal, CAPABILITY, async (mutation) => {
      const domain = await this.domains.getEditable(mutation, name);
      mutation.changed({ kind: 'domain', id: domain.id });
      const forced = force ? { forced: true } : {};
      const record: RuleMutation['record'] = (event, thing, before, after) => {
        const annotations = { domain: domain.name, ...thing, ...forced };
        return this.activity.recordChange(mutation, event, componentOf(domain), before, after, annotations);
      };
      const change = () => work({ ...mutation, domain, record });
      return force ? change() : this.check.keepingAuthor(mutation, domain, request, change);
    });
  }
}
