import { Injectable } from '@nestjs/common';
import { type Mutation, type Principal } from '../../access/index.js';
import { HubMemberRepository } from './hub-member.repository.js';
import { MemberRepository } from './member.repository.js';
import { type Membership } from './membership.entity.js';
import { remove } from './membership.factory.js';
import { MembershipRecorder } from './membership.recorder.js';

/** The members of a hub all together, for what makes and ends whole hubs. */
@Injectable()
export class HubMembers {
  constructor(
    private readonly hubs: HubMemberRepository,
    private readonly members: MemberRepository,
    private readonly recorder: MembershipRecorder,
  ) {}

  /** The caller's own membership; null for a key. */
  findOwn({ hubId, record }: Principal): Promise<Membership | null> {
    return record.subjectType === 'account'
      ? this.members.findByAccount(hubId, record.subjectId)
      : Promise.resolve(null);
  }

  /** How many hubs an account is root of, as it is inside this transaction. */
  countRootOf({ tx }: Pick<Mutation, 'tx'>, accountId: string): Promise<number> {
    return this.hubs.countRootOf(tx, accountId);
  }

  /** The members beside whoever asks. */
  countOthers({ tx, actor }: Mutation): Promise<number> {
    return this.hubs.countOthers(tx, actor.hubId, actor.record.subjectId);
  }

  /** All at once: none of them can be accepted from the commit on. Returns how many they were. */
  revokeInvites({ tx, actor, now }: Mutation): Promise<number> {
    return this.hubs.revokeInvites(tx, actor.hubId, now);
  }

  /** Ends at most so many memberships, each with its activity. Returns how many there were to end. */
  async endSome(mutation: Mutation, limit: number): Promise<number> {
    const some = await this.hubs.findSome(mutation.tx, mutation.actor.hubId, limit);
    for (const member of some) {
      await this.recorder.write(mutation, 'hub.membership.delete', member, () => remove(member, mutation.now));
      mutation.changed({ kind: 'account', id: member.accountId ?? '' });
    }
    return some.length;
  }
}
