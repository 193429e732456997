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

/** What somebody presents at the door. Sessions of people will be a kind of their own. */
export interface Credential {
  readonly kind: 'api-key';
  /** Of the secret: by it the oracle knows whose rights these are. */
  readonly id: string;
  readonly text: string;
}

/** A hub, and everything in it that can be named, the later ones at the end. */
export interface World {
  readonly hubId: string;
  readonly roles: string[];
  readonly groups: string[];
  readonly lists: readonly string[];
  readonly keys: string[];
  readonly credentials: Credential[];
}

const ROOT: KeyPlan = { role: 0, group: null, scopes: [], ips: null, ends: null, live: true, olderEnds: null };
const SECOND_MS = 1000;

/** Writes the plan straight into the tables: what a hub may have become by whatever way. */
export function found(database: Database, plan: WorldPlan, now: number): Promise<World> {
  return database.transaction((tx) => new Founder(tx, now).found(plan));
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
  ) {}

  async found({ roles: rolePlans, groups: groupPlans, keys: keyPlans }: WorldPlan): Promise<World> {
    const { hubId } = this;
    await this.tx.insert(Hub, this.hub());
    const lists = [1, 2].map((number) => this.list(number));
    await this.tx.insert(List, lists);
    const listIds = lists.map(({ id }) => id);
    const root = this.role({ rank: 10, capabilities: { all: true, specific: [] } }, true);
    const roles = [root, ...rolePlans.map((plan) => this.role(plan, false))];
    await this.tx.insert(Role, roles);
    const groups = groupPlans.map((plan) => this.group(plan, listIds));
    await this.tx.insert(UserGroup, groups);
    const plans = [ROOT, ...keyPlans];
    const keys = plans.map((plan) => this.key(plan, roles, groups));
    await this.tx.insert(ApiKey, keys);
    const secrets = keys.flatMap((key, index) => this.secrets(key, plans[index] ?? ROOT));
    await this.tx.insert(
      ApiSecret,
      secrets.map(({ row }) => row),
    );
    const credentials = secrets.map(({ row, text }) => ({ kind: 'api-key' as const, id: row.id, text }));
    return { hubId, roles: ids(roles), groups: ids(groups), lists: listIds, keys: ids(keys), credentials };
  }

  private hub(): Partial<Hub> & { id: string } {
    const name = `Hub ${this.hubId}`;
    const state = { state: 'live' as const, stateChangedAt: this.now, security: {}, lastListNumber: 2 };
    return { id: this.hubId, identifier: this.hubId, name, nameKey: name, ...state, ...this.born() };
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
    const { role, group, scopes, ips, ends, live } = plan;
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
      ...this.born(),
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
