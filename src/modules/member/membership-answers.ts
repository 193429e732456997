import { Injectable } from '@nestjs/common';
import { CAPABILITY_NAMES, holdsCapability } from '../../access/index.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { AccountService, type PublicAccountResponse } from '../account/index.js';
import { HubResponse, HubService } from '../hub/index.js';
import { RoleResponse, RoleService } from '../role/index.js';
import { MembershipResponse } from './dto/membership.response.js';
import { type Membership } from './membership.entity.js';

type ById<T> = Record<string, T>;

export interface MembershipIncludes {
  accounts?: ById<PublicAccountResponse>;
  roles?: ById<RoleResponse>;
  'roles:identifiers'?: ById<string>;
  hubs?: ById<HubResponse>;
  senders?: { accounts: ById<PublicAccountResponse> };
}

export interface MembershipsAnswer<T> {
  data: T;
  includes?: MembershipIncludes;
}

/** What stands beside memberships in an answer, each thing once (management contract §2.4). */
@Injectable()
export class MembershipAnswers {
  constructor(
    private readonly accounts: AccountService,
    private readonly hubs: HubService,
    private readonly roles: RoleService,
  ) {}

  async list(
    memberships: readonly Membership[],
    query: ResourceQuery,
  ): Promise<MembershipsAnswer<MembershipResponse[]>> {
    const capabilities = query.meta.includes('capabilities') ? await this.capabilitiesOf(memberships) : undefined;
    const data = memberships.map((one) => MembershipResponse.from(one, capabilities?.get(one.roleId)));
    const includes = await this.includesFor(memberships, query.include);
    return { data, ...(query.include.length > 0 ? { includes } : {}) };
  }

  async one(membership: Membership, query: ResourceQuery): Promise<MembershipsAnswer<MembershipResponse>> {
    const { data, ...rest } = await this.list([membership], query);
    return { data: data[0], ...rest };
  }

  private async includesFor(
    memberships: readonly Membership[],
    include: readonly string[],
  ): Promise<MembershipIncludes> {
    const wants = (name: string) => include.includes(name);
    return {
      ...(wants('accounts') ? { accounts: await this.accountsOf(memberships, accountsIn(memberships)) } : {}),
      ...(wants('senders')
        ? { senders: { accounts: await this.accountsOf(memberships, sendersOf(memberships)) } }
        : {}),
      ...(wants('roles') ? await this.rolesOf(memberships) : {}),
      ...(wants('hubs') ? { hubs: await this.hubsOf(memberships) } : {}),
    };
  }

  private async accountsOf(
    memberships: readonly Membership[],
    ids: readonly string[],
  ): Promise<ById<PublicAccountResponse>> {
    const hubIds = [...new Set(memberships.map(({ hubId }) => hubId))];
    return byId(await this.accounts.findPublic(hubIds, ids));
  }

  private async rolesOf(memberships: readonly Membership[]): Promise<MembershipIncludes> {
    const roles = await this.findRoles(memberships);
    const identifiers = Object.fromEntries(roles.map(({ identifier, id }) => [identifier, id]));
    return { roles: byId(roles.map((role) => RoleResponse.from(role))), 'roles:identifiers': identifiers };
  }

  private async hubsOf(memberships: readonly Membership[]): Promise<ById<HubResponse>> {
    const hubs = await this.hubs.findMany([...new Set(memberships.map(({ hubId }) => hubId))]);
    return byId(hubs.map((hub) => HubResponse.from(hub)));
  }

  private async capabilitiesOf(memberships: readonly Membership[]): Promise<Map<string, string[]>> {
    const roles = await this.findRoles(memberships);
    return new Map(
      roles.map(({ id, capabilities }) => [id, CAPABILITY_NAMES.filter((name) => holdsCapability(capabilities, name))]),
    );
  }

  /** One look for each hub: a role is found through its hub only. */
  private async findRoles(memberships: readonly Membership[]) {
    const hubIds = [...new Set(memberships.map(({ hubId }) => hubId))];
    const found = hubIds.map((hubId) => {
      const ids = memberships.filter((one) => one.hubId === hubId).map(({ roleId }) => roleId);
      return this.roles.findMany(hubId, [...new Set(ids)]);
    });
    return (await Promise.all(found)).flat();
  }
}

function accountsIn(memberships: readonly Membership[]): string[] {
  return memberships.flatMap(({ accountId }) => accountId ?? []);
}

function sendersOf(memberships: readonly Membership[]): string[] {
  return memberships.filter(({ creatorType }) => creatorType === 'account').map(({ creatorId }) => creatorId);
}

function byId<T extends { readonly id: string }>(things: readonly T[]): ById<T> {
  return Object.fromEntries(things.map((thing) => [thing.id, thing]));
}
