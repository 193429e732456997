import { Injectable } from '@nestjs/common';
import { createMongoAbility } from '@casl/ability';
import { type AccountPrincipal, type Principal, type PrincipalRecord } from '../../access/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { type Account } from './account.entity.js';
import { AccountNotFoundError, LastOwnerError } from './account.errors.js';
import { endAccount, markEdited } from './account.factory.js';
import { AccountLog } from './account-log.js';
import { AccountRepository } from './account.repository.js';
import { type UpdateAccountDto } from './dto/account.dto.js';
import { type ProofDto } from './dto/sign-in.dto.js';
import { IdentityProof, type OwnChange } from './identity-proof.js';
import { type EndedMembership, MembershipEnds } from './membership-ends.js';
import { SessionService } from './session.service.js';

/** What a signed-in person does with their own account. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly proof: IdentityProof,
    private readonly sessions: SessionService,
    private readonly memberships: MembershipEnds,
    private readonly activity: ActivityRecorder,
    private readonly log: AccountLog,
  ) {}

  async get({ session }: AccountPrincipal): Promise<Account> {
    const account = await this.accounts.find(session.accountId);
    if (!account) {
      throw new AccountNotFoundError();
    }
    return account;
  }

  async update(principal: AccountPrincipal, { name }: UpdateAccountDto): Promise<Account> {
    const account = await this.proof.change(principal, ({ row, now }) => {
      row.firstName = name?.first?.trim() ?? row.firstName;
      row.lastName = name?.last?.trim() ?? row.lastName;
      markEdited(row, now);
      return Promise.resolve(row);
    });
    this.log.write('account.updated', account.id, principal.address?.text ?? null);
    return account;
  }

  /**
   * For good: its sessions and memberships end, and its address is free again.
   * @throws LastOwnerError while a hub would be left without a way in
   */
  async delete(principal: AccountPrincipal, { password, ...code }: ProofDto): Promise<Account> {
    const proof = { password, source: '/password', code };
    const account = await this.proof.proven(principal, proof, async (change) => {
      const { tx, row, now } = change;
      const hubs = [...change.account.session.memberships.keys()];
      const orphaned = await this.memberships.lastOwnedHubs(tx, change.account, hubs);
      if (orphaned.length > 0) {
        throw new LastOwnerError(orphaned);
      }
      await this.leaveHubs(change);
      await this.sessions.endAllOf(tx, row.id, now);
      endAccount(row, now);
      return row;
    });
    this.log.write('account.deleted', account.id, principal.address?.text ?? null);
    return account;
  }

  private async leaveHubs(change: OwnChange): Promise<void> {
    const { tx, now, row } = change;
    const revoked = await this.memberships.revokeInvites(tx, row.id, now);
    await this.tell(change, 'hub.membership.update', revoked, { before: 'pending', after: 'revoked' });
    const left = await this.memberships.endAll(tx, row.id, now);
    await this.tell(change, 'hub.membership.delete', left, { before: 'accepted', after: 'deleted' });
  }

  /** In the log of each hub. */
  private async tell(
    { tx, now, account }: OwnChange,
    event: string,
    memberships: readonly EndedMembership[],
    states: { readonly before: string; readonly after: string },
  ): Promise<void> {
    for (const { id, hubId } of memberships) {
      const record = account.session.memberships.get(hubId);
      if (record) {
        const component = { type: 'membership', id };
        await this.activity.record(tx, actorIn(account, record), now, { event, component, changes: { state: states } });
      }
    }
  }
}

/** Who leaves, for the hub's log. It decides nothing, so it may do nothing. */
function actorIn({ session, address, domain, request }: AccountPrincipal, record: PrincipalRecord): Principal {
  const { hubId, scopes } = record;
  const ability = createMongoAbility([]);
  return { kind: 'session', hubId, record, scopes, ability, expiresAt: session.expiresAt, address, domain, request };
}
