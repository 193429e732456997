import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { LockOutError } from './access.errors.js';
import { DomainDirectory } from './principal-directory.js';
import { type Origin, type Principal } from './principal.js';

/** What the database says, inside a transaction, of the domains of a hub. */
@Injectable()
export class OwnDomains {
  constructor(private readonly directory: DomainDirectory) {}

  /** As the request came in; without its domain when that is no longer approved. */
  async originNow(tx: EntityManager, { address, domain }: Origin): Promise<Origin> {
    const approved = domain !== null && (await this.directory.isApproved(tx, domain));
    return { address, domain: approved ? domain : null };
  }

  /**
   * That keys are taken at the hub's own domains only leaves the actor where it is: a key, at the domain at which it
   * asks; whoever is not confined, with a hub that has a domain at all.
   * @throws LockOutError
   */
  async assertKeeps(tx: EntityManager, actor: Principal, source?: string): Promise<void> {
    if (actor.record.subjectType !== 'api-key') {
      await this.assertHasApproved(tx, actor.hubId, source);
      return;
    }
    const { domain } = await this.originNow(tx, actor);
    if (domain?.hubId !== actor.hubId) {
      throw new LockOutError(
        'It would shut out the very key that asks: the host of this request is no approved domain of the hub.',
        source,
      );
    }
  }

  private async assertHasApproved(tx: EntityManager, hubId: string, source?: string): Promise<void> {
    if (!(await this.directory.hasApproved(tx, hubId))) {
      throw new LockOutError('It would shut out every key: the hub has no approved domain.', source);
    }
  }
}
