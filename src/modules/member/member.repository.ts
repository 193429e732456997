import { Injectable } from '@nestjs/common';
import { type EntityManager, MoreThan, type SelectQueryBuilder } from 'typeorm';
import { type Creator } from '../../access/index.js';
import { emailKey } from '../../common/email.js';
import { isId } from '../../common/ids.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { applyPage, containing, Database, uniqueOr } from '../../database/index.js';
import { AlreadyInvitedError, AlreadyMemberError } from './member.errors.js';
import { Membership } from './membership.entity.js';

const SORTS = {
  id: 'id',
  recipient: 'recipientKey',
  'events.created': 'createdAt',
  'events.updated': 'updatedAt',
  'events.joined': 'joinedAt',
};
export const MEMBERSHIP_SORTS = Object.keys(SORTS);

@Injectable()
export class MemberRepository {
  constructor(private readonly database: Database) {}

  /** Of a hub: members, or invites that wait, unless the filter says otherwise. */
  list(hubId: string, query: ResourceQuery, states: readonly string[]): Promise<Membership[]> {
    const builder = this.select('m.hubId = :hubId', { hubId }, query, states);
    const { search, role } = query.filter;
    if (search) {
      builder.andWhere("m.recipientKey LIKE :search ESCAPE '!'", { search: containing(emailKey(search[0])) });
    }
    if (role) {
      builder.andWhere('m.roleId IN (:...roles)', { roles: role });
    }
    return applyPage(builder, query, SORTS).getMany();
  }

  /** What an account is a member of, in every hub. */
  listOfAccount(accountId: string, query: ResourceQuery): Promise<Membership[]> {
    return applyPage(
      this.select('m.memberId = :accountId', { accountId }, query, ['accepted']),
      query,
      SORTS,
    ).getMany();
  }

  /** The invites that wait for an address, in every hub. */
  listForAddress(address: string, now: number, query: ResourceQuery): Promise<Membership[]> {
    // Both keys are the address while an invite waits; only the first begins an index.
    const where = 'm.recipientKey = :address AND m.invitedKey = :address AND m.inviteEndsAt > :now';
    const builder = this.select(where, { address: emailKey(address), now }, query, ['pending']);
    return applyPage(builder, query, SORTS).getMany();
  }

  /** A malformed id finds nothing: servers overlook blanks at its end, SQLite what follows a NUL. */
  async find(hubId: string, id: string, manager: EntityManager = this.database.reader): Promise<Membership | null> {
    return isId(id) ? manager.findOneBy(Membership, { hubId, id }) : null;
  }

  /** Of any hub: for who it is about, not for who manages the hub. */
  async findAnywhere(id: string, manager: EntityManager = this.database.reader): Promise<Membership | null> {
    return isId(id) ? manager.findOneBy(Membership, { id }) : null;
  }

  async findByAccount(
    hubId: string,
    accountId: string,
    manager: EntityManager = this.database.reader,
  ): Promise<Membership | null> {
    return isId(accountId) ? manager.findOneBy(Membership, { hubId, memberId: accountId }) : null;
  }

  findByToken(tokenDigest: Buffer, manager: EntityManager = this.database.reader): Promise<Membership | null> {
    return manager.findOneBy(Membership, { tokenDigest });
  }

  findPendingFor(tx: EntityManager, hubId: string, invitedKey: string): Promise<Membership | null> {
    return tx.findOneBy(Membership, { hubId, invitedKey });
  }

  countPending(tx: EntityManager, hubId: string, now: number): Promise<number> {
    return tx.countBy(Membership, { hubId, state: 'pending', inviteEndsAt: MoreThan(now) });
  }

  /** Whatever became of them since that moment. */
  countInvitesTo(tx: EntityManager, hubId: string, recipientKey: string, since: number): Promise<number> {
    return tx.countBy(Membership, { recipientKey, hubId, createdAt: MoreThan(since) });
  }

  pendingFrom(tx: EntityManager, hubId: string, { id, type }: Creator): Promise<Membership[]> {
    return tx.findBy(Membership, { hubId, state: 'pending', creatorId: id, creatorType: type });
  }

  /** @throws AlreadyInvitedError */
  async insert(tx: EntityManager, membership: Membership): Promise<void> {
    const taken = () => new AlreadyInvitedError(membership.recipient);
    await uniqueOr('uq_membership_invited', () => tx.insert(Membership, membership), taken);
  }

  /** @throws AlreadyMemberError */
  async update(tx: EntityManager, membership: Membership): Promise<void> {
    const { id, hubId, ...columns } = membership;
    const update = () => tx.update(Membership, { hubId, id }, columns);
    await uniqueOr('uq_membership_member', update, () => new AlreadyMemberError());
  }

  private select(
    where: string,
    parameters: object,
    { filter }: ResourceQuery,
    states: readonly string[],
  ): SelectQueryBuilder<Membership> {
    const builder = this.database.reader.createQueryBuilder(Membership, 'm').where(where, parameters);
    return builder.andWhere('m.state IN (:...states)', { states: filter.state ?? states });
  }
}
