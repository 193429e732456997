import { Injectable } from '@nestjs/common';
import { LockOutError, type Mutation } from '../../../access/index.js';
import { type Address } from '../../../common/ip/index.js';
import { ActiveRulesRepository, type RuleSet } from '../active-rules.repository.js';
import { type Domain } from '../domain.entity.js';
import { requestFacts } from '../filter/index.js';
import { RuleChangeCheck, type SentRequest } from '../rule-change-check.js';
import { type CompiledRules, compileRules, stricter, type Verdict } from './compiled-rules.js';

const ANY_RULE = '00000000-0000-4000-8000-000000000000';

/**
 * Whoever changes rules can still do so afterwards, at the very host: the request that changes them passes the new
 * rules as well, and so does the one that would take them back.
 */
@Injectable()
export class AuthorCheck extends RuleChangeCheck {
  constructor(private readonly repository: ActiveRulesRepository) {
    super();
  }

  override async keepingAuthor<T>(
    { tx, actor }: Mutation,
    domain: Domain,
    request: SentRequest,
    change: () => Promise<T>,
  ): Promise<T> {
    const verdict = async (rules: RuleSet) => verdictOn(request, domain, actor.address, await compileRules(rules));
    const before = await this.repository.rulesOf(domain, tx);
    const result = await change();
    const after = await verdict(await this.repository.rulesOf(domain, tx));
    // Who is shut out already, and comes in by another host, may mend the rules one by one.
    if (after.verb === 'deny' && (await verdict(before)).verb !== 'deny') {
      throw new LockOutError(reasonOf(after, domain));
    }
    return result;
  }
}

function reasonOf({ rule, ground }: Verdict, { name }: Domain): string {
  const what = rule === null ? 'The rules' : `The rule ${JSON.stringify(rule.name)} (${rule.id})`;
  return `${what} ${GROUNDS[ground]} at ${name}.`;
}

const GROUNDS: Readonly<Record<Verdict['ground'], string>> = {
  matches: 'would deny your own requests',
  'address-unknown': 'asks for the address of the client, and yours is not known: your own requests would be denied',
  'too-long': 'would have so much to ask about your own request that it would be denied',
  broken: 'cannot be read, and would deny all requests, yours too,',
};

/** A challenge keeps nobody out who has a credential, and the author has one. */
function verdictOn(request: SentRequest, domain: Domain, address: Address | null, rules: CompiledRules): Verdict {
  return [request, undoing(domain, request)]
    .flatMap((sent) => requestFacts({ ...sent, host: domain.name, address, scheme: 'http' }))
    .map((facts) => rules.judge(facts, []))
    .reduce(stricter);
}

/** With the same headers from the same address. */
function undoing({ name }: Domain, { rawHeaders }: SentRequest): SentRequest {
  return {
    method: 'DELETE',
    url: `/api/v1/domains/${name}/services/rp/rules/phases/firewall/rule/${ANY_RULE}`,
    rawHeaders,
  };
}
