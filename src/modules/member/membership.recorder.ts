import { Injectable } from '@nestjs/common';
import { type Mutation } from '../../access/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { MemberRepository } from './member.repository.js';
import { type Membership } from './membership.entity.js';
import { componentOf, membershipFacts, revoke } from './membership.factory.js';

type Change = Pick<Mutation, 'tx' | 'actor' | 'now'>;

/** Stores memberships together with what the audit says of them. */
@Injectable()
export class MembershipRecorder {
  constructor(
    private readonly members: MemberRepository,
    private readonly activity: ActivityRecorder,
  ) {}

  async created(change: Change, membership: Membership): Promise<void> {
    const after = membershipFacts(membership);
    await this.members.insert(change.tx, membership);
    await this.activity.recordChange(change, 'hub.membership.create', componentOf(membership), {}, after);
  }

  async write(change: Change, event: string, membership: Membership, edit: () => void): Promise<void> {
    const before = membershipFacts(membership);
    edit();
    await this.members.update(change.tx, membership);
    const after = membershipFacts(membership);
    await this.activity.recordChange(change, event, componentOf(membership), before, after);
  }

  revoke(change: Change, invite: Membership): Promise<void> {
    return this.write(change, 'hub.membership.update', invite, () => revoke(invite, change.now));
  }
}
