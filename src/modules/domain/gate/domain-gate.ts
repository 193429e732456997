import { Injectable, Logger } from '@nestjs/common';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { ChallengedError, ChangeFeed, FirewallError } from '../../../access/index.js';
import { UnavailableError } from '../../../common/errors/index.js';
import { doorOfRequest } from '../../../common/http/door.js';
import { RequestHosts } from '../../../common/http/request-host.js';
import { shownPath } from '../../../common/http/request-path.js';
import { Config } from '../../../config/index.js';
import { type ApprovedDomain } from '../active-rules.repository.js';
import { ApprovedDomains, type KnownDomains } from './approved-domains.js';
import { type ActingRule, type CompiledRules, stricter, type Verdict } from './compiled-rules.js';
import { showsCredential } from './credential-form.js';
import { readingsOf } from './request-readings.js';
import { RuleLog } from './rule-log.js';
import { RuleSets } from './rule-sets.js';

/** Load balancers and monitors call these by any host, and must never be shut out by a hub. */
const EXEMPT: ReadonlySet<string | undefined> = new Set(['/healthz/live', '/healthz/ready', '/metrics']);

/** A line is written for each of a thousand rules. */
const PATH_SHOWN_MAX = 250;
const TOO_LONG = 'it is too long for all rules to be asked. Send shorter or fewer headers and arguments';

type Done = (error?: Error) => void;

/**
 * Finds out at which hub's domain a request arrives, and lets the rules of that domain act on it, before anybody asks
 * who sent it. While the lease holds it costs no SQL, and where no domain is approved next to nothing.
 */
@Injectable()
export class DomainGate {
  private readonly logger = new Logger('Firewall');
  private readonly hosts: RequestHosts;

  constructor(
    config: Config,
    private readonly feed: ChangeFeed,
    private readonly domains: ApprovedDomains,
    private readonly rules: RuleSets,
    private readonly log: RuleLog,
  ) {
    this.hosts = new RequestHosts(config.trustedProxies, config.trustsForwardedHost);
  }

  /** Stands in the way of every request, whatever its path. */
  guard(fastify: FastifyInstance): void {
    fastify.decorateRequest('domain', null);
    fastify.decorateRequest('challenged', false);
    fastify.addHook('onRequest', (request, _, done) => this.admit(request, done));
  }

  /** Reads the domains, so that no request must wait for it. */
  async prepare(): Promise<void> {
    await this.domains.fresh();
  }

  private admit(request: FastifyRequest, done: Done): void {
    const known = this.feed.leaseHolds() ? this.domains.current : undefined;
    if (known?.byHost.size === 0 || EXEMPT.has(request.routeOptions.url)) {
      done();
      return;
    }
    const domain = known && this.domainOf(request, known);
    const rules = domain?.rulesEnabled ? this.rules.current(domain) : null;
    if (known === undefined || rules === undefined) {
      this.lookUp(request).then(done, done);
      return;
    }
    done(this.decide(request, domain, rules));
  }

  /** What is not in memory, or may no longer count, is read now. If it cannot be, nobody passes. */
  private async lookUp(request: FastifyRequest): Promise<Error | undefined> {
    const trusted = this.feed.leaseHolds();
    try {
      const known = (trusted ? this.domains.current : undefined) ?? (await this.domains.fresh());
      const domain = this.domainOf(request, known);
      const kept = trusted && domain ? this.rules.current(domain) : undefined;
      const rules = domain?.rulesEnabled ? (kept ?? (await this.rules.fresh(domain))) : null;
      return this.decide(request, domain, rules);
    } catch (error) {
      throw new UnavailableError('The rules of this host could not be read just now. Try again.', { cause: error });
    }
  }

  private domainOf(request: FastifyRequest, { byHost }: KnownDomains): ApprovedDomain | undefined {
    const host = byHost.size === 0 ? null : this.hosts.find(request);
    return host === null ? undefined : byHost.get(host);
  }

  private decide(
    request: FastifyRequest,
    domain: ApprovedDomain | undefined,
    rules: CompiledRules | null,
  ): Error | undefined {
    request.domain = domain ?? null;
    if (!domain || !rules?.size) {
      return undefined;
    }
    const { verb, rule, ground } = this.judge(request, domain, rules);
    if (rule && verb !== 'allow') {
      this.note(request, domain, new Set([rule]), verb);
    }
    if (verb === 'challenge') {
      return challenge(request);
    }
    return verb === 'deny' ? new FirewallError(ground === 'too-long' ? TOO_LONG : (rule?.reason ?? null)) : undefined;
  }

  /** A request that can be read in two ways gets the stricter verdict; one that cannot be judged is denied. */
  private judge(request: FastifyRequest, domain: ApprovedDomain, rules: CompiledRules): Verdict {
    try {
      const noted: ActingRule[] = [];
      const verdict = readingsOf(request, domain.name, this.hosts.schemeOf(request))
        .map((facts) => rules.judge(facts, noted))
        .reduce(stricter);
      this.note(request, domain, new Set(noted), 'log');
      return verdict;
    } catch (error) {
      this.logger.error(
        { host: domain.name, requestId: request.id, stack: String(error) },
        'Rules could not be applied',
      );
      return { verb: 'deny', rule: null, ground: 'broken' };
    }
  }

  private note(request: FastifyRequest, domain: ApprovedDomain, rules: ReadonlySet<ActingRule>, action: string): void {
    if (rules.size > 0) {
      const { id: requestId, method, url, client } = request;
      const path = shownPath(url).slice(0, PATH_SHOWN_MAX);
      const about = { hub: domain.hubId, host: domain.name, requestId, method, path };
      rules.forEach(({ id }) => this.log.note({ rule: id, action, ...about, client: client.address?.text ?? null }));
    }
  }
}

/** Lets pass who shows a credential, and only to where it is checked. */
function challenge(request: FastifyRequest): Error | undefined {
  const checked = request.routeOptions.config?.open !== true;
  if (checked && showsCredential(doorOfRequest(request), request.headers)) {
    request.challenged = true;
    return undefined;
  }
  return new ChallengedError('A rule of this host asks for a credential: send yours with the request.');
}
