import { Injectable } from '@nestjs/common';
import { type Principal } from '../../access/index.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { ActivityIncluder, type ActivityIncludes } from './activity-includes.js';
import { ActivityRepository } from './activity.repository.js';
import { ActivityResponse } from './dto/activity.response.js';
import { periodOf } from './period.js';

export interface ActivityPage {
  data: ActivityResponse[];
  includes?: ActivityIncludes;
}

/** Reads what happened in the caller's hub. */
@Injectable()
export class ActivityService {
  constructor(
    private readonly rows: ActivityRepository,
    private readonly includer: ActivityIncluder,
  ) {}

  /** @throws InvalidPeriodError */
  async list({ hubId }: Principal, query: ResourceQuery): Promise<ActivityPage> {
    periodOf(query);
    const rows = await this.rows.list(hubId, query);
    const includes = await this.includer.find(hubId, rows, query.include);
    return { data: rows.map((row) => ActivityResponse.from(row)), ...(includes ? { includes } : {}) };
  }
}
