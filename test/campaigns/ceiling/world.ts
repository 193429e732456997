import { type EntityManager } from 'typeorm';
import { EVERY, generateKeySecret, PLATFORM, scopeSet } from '../../../src/access/index.js';
import { newId } from '../../../src/common/ids.js';
import { bornOf, type Database } from '../../../src/database/index.js';
import { ApiKey } from '../../../src/modules/api-key/api-key.entity.js';
import { ApiSecret } from '../../../src/modules/api-key/api-secret.entity.js';
import { UserGroup } from '../../../src/modules/group/user-group.entity.js';
import { Hub } from '../../../src/modules/hub/hub.entity.js';
import { List } from '../../../src/modules/list/list.entity.js';
import { Role } from '../../../src/modules/role/role.entity.js';
import { type GroupPlan, type KeyPlan, type RolePlan, type WorldPlan } from './plans.js';
import { foundPeople, type Person } from './world-people.js';

/** What somebody presents at the door. */
export interface Credential {
  readonly kind: 'api-key' | 'session';
  /** Of the secret or the session: by it the oracle knows whose rights these are. */
  readonly id: string;
  readonly text: string;
}

/** What of one hub can be named. */
export type FoundHub = Pick<World, 'hubId' | 'roles' | 'groups' | 'lists' | 'keys' | 'credentials'>;

/** A hub, and everything that can be named, the later ones at the end. Something of the hub beside it is among it. */
export interface World {
  readonly hubId: string;
  readonly besideId: string;
  readonly roles: string[];
  readonly groups: string[];
  readonly lists: readonly string[];
  readonly keys: string[];
  readonly people: readonly Person[];
  /** The one-time tokens that were mailed, by the id of the invite. */
  readonly tokens: Map<string, string>;
  readonly credentials: Credential[];
}

const FREE = { group: null, scopes: [], ips: null, ends: null, live: true, olderEnds: null, maker: null };
const ROOT: KeyPlan = { role: 0, ...FREE };
const ROOT_ROLE: RolePlan = { rank: 10, capabilities: { all: true, specific: [] } };
const SECOND_MS = 1000;

/** Writes the plan straight into the tables: what a hub may have become by whatever way. */
export function found(database: Database, plan: WorldPlan, now: number): Promise<World> {
  return database.transaction(async (tx) => {
    const accounts = plan.people.map(() => newId(now));
    const home = await new Founder(tx, now, accounts).found(plan);
    const beside = await new Founder(tx, now, []).found({ ...plan, rootEnds: null, keys: [], force2fa: false });
    const people = await foundPeople(tx, { plan, accounts, home, beside, now });
    return {
      ...home,
      ...people,
      besideId: beside.hubId,
      roles: [...home.roles, ...beside.roles.slice(1, 2)],
      keys: [...home.keys, ...beside.keys],
      credentials: [...home.credentials, ...beside.credentials, ...people.credentials],
    };
  });
}

/** As the body of a request has it. */
export function permissionsOf(plan: GroupPlan, lists: readonly string[]): { lists: object[] } {
  return {
    lists: plan.map(({ list, rights }) => ({ list_id: list === EVERY ? EVERY : (lists[list] ?? EVERY), rights })),
  };
}

class Founder {
  private readonly hubId = newId();

  constructor(
    private readonly tx: EntityManager,
    private readonly now: number,
    /** Who may have made its keys. */
    private readonly makers: readonly string[],
  ) {}

  async found(plan: WorldPlan): Promise<FoundHub> {
    const { hubId } = this;
    const { roles: rolePlans, groups: groupPlans, keys: keyPlans, rootEnds } = plan;
    await this.tx.insert(Hub, this.hub(plan));
    const lists = [1, 2].map((number) => this.list(number));
    await this.tx.insert(List, lists);
    const listIds = lists.map(({ id }) => id);
    const roles = [this.role(ROOT_ROLE, true), ...rolePlans.map((one) => this.role(one, false))];
    await this.tx.insert(Role, roles);
    const groups = groupPlans.map((one) => this.group(one, listIds));
    await this.tx.insert(UserGroup, groups);
    const plans = [{ ...ROOT, ends: rootEnds }, ...keyPlans];
    const keys = plans.map((one) => this.key(one, roles, groups));
    await this.tx.insert(ApiKey, keys);
    const secrets = keys.flatMap((key, index) => this.secrets(key, plans[index] ?? ROOT));
    await this.tx.insert(
      ApiSecret,
      secrets.map(({ row }) => row),
    );
    const credentials = secrets.map(({ row, text }) => ({ kind: 'api-key' as const, id: row.id, text }));
    return { hubId, roles: ids(roles), groups: ids(groups), lists: listIds, keys: ids(keys), credentials };
  }

  private hub({ force2fa }: WorldPlan): Partial<Hub> & { id: string } {
    const name = `Hub ${this.hubId}`;
    const state = { state: 'live' as const, stateChangedAt: this.now, lastListNumber: 2 };
    const security = force2fa ? { force_2fa: true } : {};
    return { id: this.hubId, identifier: this.hubId, name, nameKey: name, security, ...state, ...this.born() };
  }

  private list(number: number): Partial<List> & { id: string } {
    const name = `List ${number}`;
    const empty = { description: null, columns: [], lastRowId: 0, rowCount: 0, revision: 1 };
    return { id: newId(), hubId: this.hubId, number, name, nameKey: name, ...empty, ...this.born() };
  }

  private role({ rank, capabilities }: RolePlan, root: boolean): Partial<Role> & { id: string } {
    const rest = { identifier: root ? 'owner' : 'made', name: null, defaultOf: null, extra: null, revision: 1 };
    return { id: newId(), hubId: this.hubId, rank, root, capabilities, ...rest, ...this.born() };
  }

  private group(plan: GroupPlan, lists: readonly string[]): Partial<UserGroup> & { id: string } {
    const id = newId();
    const permissions = permissionsOf(plan, lists) as UserGroup['permissions'];
    const rest = { name: id, nameKey: id, description: null, permissions, revision: 1 };
    return { id, hubId: this.hubId, ...rest, ...this.born() };
  }

  private key(
    plan: KeyPlan,
    roles: readonly { id: string }[],
    groups: readonly { id: string }[],
  ): Partial<ApiKey> & { id: string } {
    const id = newId();
    const { role, group, scopes, ips, ends, live, maker } = plan;
    const account = maker === null ? undefined : this.makers[maker % this.makers.length];
    return {
      id,
      hubId: this.hubId,
      name: id,
      nameKey: id,
      description: null,
      roleId: roles[role % roles.length]?.id ?? '',
      groupId: group === null ? null : (groups[group % groups.length]?.id ?? null),
      scopes: scopeSet(scopes),
      ips: ips && [...ips],
      expiresAt: this.after(ends),
      state: live ? 'live' : 'inactive',
      stateChangedAt: this.now,
      kv: 1,
      revision: 1,
      reuseAlertDay: null,
      ...bornOf(account === undefined ? PLATFORM : { id: account, type: 'account' }, this.now),
    };
  }

  private secrets(
    { id }: { id: string },
    { olderEnds }: KeyPlan,
  ): { row: Partial<ApiSecret> & { id: string }; text: string }[] {
    // In the order of their ids: TypeORM reads rows with defaults back after the insert, and takes them in that order.
    const older = olderEnds === null ? [] : [this.secret(id, olderEnds)];
    return [...older, this.secret(id, null)];
  }

  private secret(keyId: string, ends: number | null): { row: Partial<ApiSecret> & { id: string }; text: string } {
    const { text, digest } = generateKeySecret(keyId);
    const unused = { lastUsedAt: null, lastUsedAddress: null, ended: false };
    const row = { id: newId(), hubId: this.hubId, keyId, digest, createdAt: this.now, endsAt: this.after(ends) };
    return { row: { ...row, ...unused }, text };
  }

  private after(seconds: number | null): number | null {
    return seconds === null ? null : this.now + seconds * SECOND_MS;
  }

  private born(): ReturnType<typeof bornOf> {
    return bornOf(PLATFORM, this.now);
  }
}

const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);
