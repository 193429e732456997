import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, Not } from 'typeorm';
import { Membership } from './membership.entity.js';

/** What is asked of all memberships of a hub together, always inside a transaction. */
@Injectable()
export class HubMemberRepository {
  /** By table name: roles are another module's. */
  async countRootOf(tx: EntityManager, accountId: string): Promise<number> {
    const sql = `SELECT COUNT(*) AS found FROM membership m JOIN role r ON r.hub_id = m.hub_id AND r.id = m.role_id
      WHERE m.member_id = ? AND r.root = 1`;
    const [{ found }] = await tx.query<{ found: number | string }[]>(sql, [accountId]);
    return Number(found);
  }

  countOthers(tx: EntityManager, hubId: string, accountId: string): Promise<number> {
    const isOther = 'm.hub_id = :hubId AND m.member_id IS NOT NULL AND m.member_id <> :accountId';
    return tx.createQueryBuilder(Membership, 'm').where(isOther, { hubId, accountId }).getCount();
  }

  async revokeInvites(tx: EntityManager, hubId: string, now: number): Promise<number> {
    const where = { hubId, state: 'pending' } as const;
    const found = await tx.countBy(Membership, where);
    const answered = { invitedKey: null, tokenDigest: null, inviteEndsAt: null };
    const revision = () => 'revision + 1';
    const state = { state: 'revoked', stateChangedAt: now, updatedAt: now, revision } as const;
    await tx.update(Membership, where, { ...answered, ...state });
    return found;
  }

  findSome(tx: EntityManager, hubId: string, limit: number): Promise<Membership[]> {
    return tx.find(Membership, { where: { hubId, memberId: Not(IsNull()) }, order: { id: 'ASC' }, take: limit });
  }
}
