import { Injectable } from '@nestjs/common';
import { type SelectQueryBuilder } from 'typeorm';
import { isId } from '../../common/ids.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { applyPage, containing, Database } from '../../database/index.js';
import { Activity } from './activity.entity.js';
import { REFUSALS } from './refusal-writer.js';

const SORTS = { id: 'id', time: 'createdAt' };
export const ACTIVITY_SORTS = Object.keys(SORTS);

/** Without the numbers: one that somebody made too large for JavaScript must not keep the others from being read. */
const READ = [
  'id',
  'hubId',
  'event',
  'status',
  'actorType',
  'actorId',
  'componentType',
  'componentId',
  'body',
] as const satisfies (keyof Activity)[];

export type StoredActivity = Pick<Activity, (typeof READ)[number]>;

/** Filters that are a list of values of one column. */
const COLUMNS = {
  user: 'actorId',
  component: 'componentId',
  component_type: 'componentType',
  state: 'status',
  events: 'event',
} as const satisfies Record<string, keyof Activity>;

/** All begin with the hub. Left to itself, a server reads the rows of all hubs by id until it has found enough of this one. */
const INDICES = [
  'uq_activity_hub',
  'ix_activity_actor',
  'ix_activity_component',
  'ix_activity_component_type',
  'ix_activity_event',
  'ix_activity_status',
  'ix_activity_time',
];

/** Where the things of a hub have their names. By table name: what they are belongs to higher modules. */
const NAMES: Readonly<Record<string, string>> = {
  account:
    'SELECT DISTINCT a.id, a.email AS name FROM account a JOIN membership m ON m.account_id = a.id WHERE m.hub_id = ? AND a.id IN',
  api_key: 'SELECT id, name FROM api_key WHERE hub_id = ? AND id IN',
  group: 'SELECT id, name FROM user_group WHERE hub_id = ? AND id IN',
  hub: 'SELECT id, name FROM hub WHERE id = ? AND id IN',
  list: 'SELECT id, name FROM list WHERE hub_id = ? AND id IN',
  membership: 'SELECT id, recipient AS name FROM membership WHERE hub_id = ? AND id IN',
  role: 'SELECT id, COALESCE(name, identifier) AS name FROM role WHERE hub_id = ? AND id IN',
  variable: 'SELECT id, name FROM variable WHERE hub_id = ? AND id IN',
};

@Injectable()
export class ActivityRepository {
  constructor(private readonly database: Database) {}

  /** A page of what happened in the hub, newest first unless said; every filter has an index. */
  list(hubId: string, query: ResourceQuery): Promise<StoredActivity[]> {
    const builder = this.database.reader
      .createQueryBuilder(Activity, 'a')
      .select(READ.map((name) => `a.${name}`))
      .useIndex(INDICES)
      .where('a.hubId = :hubId', { hubId });
    for (const [filter, column] of Object.entries(COLUMNS)) {
      const values = query.filter[filter];
      if (values) {
        builder.andWhere(`a.${column} IN (:...${filter})`, { [filter]: values });
      }
    }
    narrow(builder, query.filter);
    return applyPage(builder, { ...query, sort: orderOf(query) }, SORTS).getMany();
  }

  /** What things of one type are called now, also deleted ones. Things of other hubs and unknown types have no name. */
  names(hubId: string, type: string, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
    const sql = Object.hasOwn(NAMES, type) ? NAMES[type] : undefined;
    return sql === undefined || ids.length === 0
      ? Promise.resolve([])
      : this.database.query(`${sql} (${ids.map(() => '?').join(', ')})`, [hubId, ...ids]);
  }
}

function narrow(builder: SelectQueryBuilder<Activity>, { search, verbosity, from, to }: ResourceQuery['filter']): void {
  if (search && isId(search[0])) {
    builder.andWhere('(a.id = :id OR a.actorId = :id OR a.componentId = :id)', { id: search[0] });
  } else if (search) {
    builder.andWhere("a.event LIKE :search ESCAPE '!'", { search: containing(String(search[0]).toLowerCase()) });
  }
  // The level is in the body, which no statement looks into; it follows from the event.
  if (verbosity?.[0] === '0') {
    builder.andWhere('a.event NOT IN (:...tracing)', { tracing: REFUSALS });
  }
  if (from) {
    builder.andWhere('a.createdAt >= :from', { from: Date.parse(String(from[0])) });
  }
  if (to) {
    builder.andWhere('a.createdAt < :to', { to: Date.parse(String(to[0])) });
  }
}

/**
 * Newest first. Between two times that is by time, which is then the index that is read; the id settles a draw in the
 * same direction, or no index could.
 */
function orderOf({ sort, filter }: ResourceQuery): ResourceQuery['sort'] {
  const usual = [{ field: filter['from'] || filter['to'] ? 'time' : 'id', descending: true }];
  const order = sort.length > 0 ? sort : usual;
  const descending = order.at(-1)?.descending ?? true;
  return order.some(({ field }) => field === 'id') ? order : [...order, { field: 'id', descending }];
}
