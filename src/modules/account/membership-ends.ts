import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type AccountPrincipal } from '../../access/index.js';
import { type Address, AddressList } from '../../common/ip/index.js';
import { Database } from '../../database/index.js';

export interface EndedMembership {
  readonly id: string;
  readonly hubId: string;
}

const OTHER_ROOT_MEMBERS = `SELECT m.id FROM membership m
  JOIN role r ON r.hub_id = m.hub_id AND r.id = m.role_id
  JOIN account a ON a.id = m.member_id
  WHERE m.hub_id = ? AND m.member_id <> ? AND r.root = 1 AND a.state = 'live'
    AND a.password_hash IS NOT NULL AND a.password_once = 0 LIMIT 1`;

const LASTING_ROOT_KEYS = `SELECT k.ips FROM api_key k JOIN role r ON r.hub_id = k.hub_id AND r.id = k.role_id
  WHERE k.hub_id = ? AND k.state = 'live' AND k.expires_at IS NULL AND r.root = 1
    AND EXISTS (SELECT 1 FROM api_secret s WHERE s.hub_id = k.hub_id AND s.key_id = k.id AND s.ends_at IS NULL)`;

const OWN_ROOT = `SELECT m.id FROM membership m JOIN role r ON r.hub_id = m.hub_id AND r.id = m.role_id
  WHERE m.hub_id = ? AND m.member_id = ? AND r.root = 1 LIMIT 1`;

/** Memberships of an account that ends. By table name, as they and keys are modules' that stand on this one. */
@Injectable()
export class MembershipEnds {
  constructor(private readonly database: Database) {}

  /**
   * Those of these hubs into which only this account has a lasting way with every right; a key that does not work from
   * where the person is may work nowhere. Locks the hubs, so that no other change takes the last other way meanwhile.
   */
  async lastOwnedHubs(
    tx: EntityManager,
    { session, address }: AccountPrincipal,
    hubIds: readonly string[],
  ): Promise<string[]> {
    const orphaned: string[] = [];
    for (const hubId of hubIds.toSorted((a, b) => (a < b ? -1 : 1))) {
      const hubs = (await tx.query(`SELECT id, state FROM hub WHERE id = ?${this.database.forUpdate}`, [hubId])) as {
        state: string;
      }[];
      const live = hubs.at(0)?.state !== 'deleted';
      const isLast = live && (await this.isLastRootMember(tx, session.accountId, hubId));
      if (isLast && !(await this.hasRootKey(tx, hubId, address))) {
        orphaned.push(hubId);
      }
    }
    return orphaned;
  }

  /** Ends them all; resolves to which those were. */
  async endAll(tx: EntityManager, accountId: string, now: number): Promise<EndedMembership[]> {
    const left = (await tx.query('SELECT id, hub_id AS hubId FROM membership WHERE member_id = ?', [
      accountId,
    ])) as EndedMembership[];
    await tx.query(
      `UPDATE membership SET state = 'deleted', state_changed_at = ?, updated_at = ?, deleted_at = ?, member_id = NULL,
        revision = revision + 1 WHERE member_id = ?`,
      [now, now, now, accountId],
    );
    return left;
  }

  /** Takes back the invites that the account sent and nobody answered; resolves to which those were. */
  async revokeInvites(tx: EntityManager, accountId: string, now: number): Promise<EndedMembership[]> {
    const sent = "state = 'pending' AND creator_type = 'account' AND creator_id = ?";
    const open = (await tx.query(`SELECT id, hub_id AS hubId FROM membership WHERE ${sent}`, [
      accountId,
    ])) as EndedMembership[];
    for (const { id } of open) {
      await tx.query(
        `UPDATE membership SET state = 'revoked', state_changed_at = ?, updated_at = ?, invited_key = NULL,
          token_digest = NULL, invite_ends_at = NULL, revision = revision + 1 WHERE id = ?`,
        [now, now, id],
      );
    }
    return open;
  }

  private async isLastRootMember(tx: EntityManager, accountId: string, hubId: string): Promise<boolean> {
    const some = async (sql: string, parameters: unknown[]) =>
      ((await tx.query(sql, parameters)) as object[]).length > 0;
    return (await some(OWN_ROOT, [hubId, accountId])) && !(await some(OTHER_ROOT_MEMBERS, [hubId, accountId]));
  }

  private async hasRootKey(tx: EntityManager, hubId: string, address: Address | null): Promise<boolean> {
    const keys = (await tx.query(LASTING_ROOT_KEYS, [hubId])) as { ips: string | null }[];
    return keys.some(({ ips }) => ips === null || AddressList.parse(JSON.parse(ips) as string[]).contains(address));
  }
}
