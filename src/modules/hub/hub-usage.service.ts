import { Injectable } from '@nestjs/common';
import { type Principal } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { HubService } from './hub.service.js';
import { HubUsageRepository, type Living } from './hub-usage.repository.js';
import { DAY_MS, type DayRange, daysOf, perDay, rangeOf, runningTotals } from './usage.js';

/** What a hub had at the end of a UTC day, of today so far; `list_writes` is what happened on it. */
export interface DayUsage extends Readonly<Record<Living, number>> {
  readonly day: number;
  readonly rows: number;
  readonly list_writes: number;
}

/** How much a hub holds, day by day. */
@Injectable()
export class HubUsageService {
  constructor(
    private readonly usage: HubUsageRepository,
    private readonly hubs: HubService,
    private readonly clock: Clock,
  ) {}

  /** The oldest day first. @throws InvalidInputError for days that do not exist, or too many */
  async list({ hubId }: Principal, { filter }: ResourceQuery): Promise<DayUsage[]> {
    const { createdAt } = await this.hubs.get(hubId);
    const range = rangeOf(filter, Math.floor(createdAt / DAY_MS), Math.floor(this.clock.now() / DAY_MS));
    const totals = (what: Living) => this.totalsOf(what, hubId, range);
    const [members, keys, roles] = [await totals('members'), await totals('api_keys'), await totals('roles')];
    const [groups, lists] = [await totals('groups'), await totals('lists')];
    const variables = await totals('variables');
    const rows = runningTotals(await this.usage.changesOfRows(hubId, range), range);
    const writes = perDay(await this.usage.writesOfRows(hubId, range), range);
    return daysOf(range).map((day, index) => ({
      day,
      members: members[index],
      api_keys: keys[index],
      roles: roles[index],
      groups: groups[index],
      lists: lists[index],
      variables: variables[index],
      rows: rows[index],
      list_writes: writes[index],
    }));
  }

  private async totalsOf(what: Living, hubId: string, range: DayRange): Promise<number[]> {
    return runningTotals(await this.usage.changesOf(what, hubId, range), range);
  }
}
