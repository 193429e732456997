import { Injectable, Optional } from '@nestjs/common';
import { ActivityRepository, type StoredActivity } from './activity.repository.js';
import { type ActivityComponentNameResponse } from './dto/activity-includes.response.js';
import { type PublicAccount, PublicAccounts } from './public-accounts.js';

/** The people among the users, by id. API keys are none of them. */
interface ActivityUsers {
  accounts: Record<string, PublicAccount>;
}

export interface ActivityIncludes {
  users?: ActivityUsers;
  components?: Record<string, ActivityComponentNameResponse>;
}

/** Finds what stands beside a page of activities: each thing once, and only things of the same hub. */
@Injectable()
export class ActivityIncluder {
  constructor(
    private readonly rows: ActivityRepository,
    @Optional() private readonly accounts?: PublicAccounts,
  ) {}

  /** Undefined when nothing was asked for. */
  async find(
    hubId: string,
    rows: readonly StoredActivity[],
    names: readonly string[],
  ): Promise<ActivityIncludes | undefined> {
    if (names.length === 0) {
      return undefined;
    }
    return {
      ...(names.includes('users') ? { users: await this.users(hubId, rows) } : {}),
      ...(names.includes('components') ? { components: await this.components(hubId, rows) } : {}),
    };
  }

  private async users(hubId: string, rows: readonly StoredActivity[]): Promise<ActivityUsers> {
    const ids = unique(rows.filter(({ actorType }) => actorType === 'account').map(({ actorId }) => actorId));
    const found = ids.length > 0 ? await this.accounts?.findMany(hubId, ids) : undefined;
    return { accounts: Object.fromEntries((found ?? []).map((account) => [account.id, account])) };
  }

  private async components(
    hubId: string,
    rows: readonly StoredActivity[],
  ): Promise<Record<string, ActivityComponentNameResponse>> {
    const found = unique(rows.map(({ componentType }) => componentType ?? '')).map(async (type) => {
      const ids = rows.filter((row) => row.componentType === type).map((row) => row.componentId ?? '');
      return (await this.rows.names(hubId, type, unique(ids))).map(({ id, name }) => ({ id, type, name }));
    });
    return Object.fromEntries((await Promise.all(found)).flat().map((one) => [one.id, one]));
  }
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
