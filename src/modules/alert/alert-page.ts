import { type Database } from '../../database/index.js';
import { type AlertPriority, PRIORITIES } from './alert-type.js';

/** Which alerts of a hub, and which stretch of them. */
export interface AlertRange {
  readonly hubId: string;
  /** Null = of every group. */
  readonly groupId: string | null;
  /** Null = both. */
  readonly solved: boolean | null;
  /** Left out = every type. */
  readonly priorities?: readonly AlertPriority[];
  /** Epoch milliseconds; null = from the first one on. */
  readonly since: number | null;
  readonly oldestFirst?: boolean;
  readonly skip: number;
  readonly take: number;
}

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/**
 * The ids of one page of alerts, newest first. Each state and priority is walked in the order of an index and no
 * further than the page ends; the few that were found are merged. So no database sorts, or reads, what a hub has.
 */
export function alertPage(database: Pick<Database, 'usingIndex'>, range: AlertRange): Statement {
  const { hubId, groupId, solved, since, skip, take, oldestFirst = false } = range;
  const order = oldestFirst ? 'created_at ASC, id ASC' : 'created_at DESC, id DESC';
  const where = [
    'hub_id = ?',
    ...(groupId === null ? [] : ['group_id = ?']),
    'solved = ?',
    'priority = ?',
    ...(since === null ? [] : ['created_at >= ?']),
  ].join(' AND ');
  const table = `alert${database.usingIndex(groupId === null ? 'ix_alert_hub' : 'ix_alert_group')}`;
  const walk = `SELECT id, created_at FROM ${table} WHERE ${where} ORDER BY ${order} LIMIT ?`;
  const owner = groupId === null ? [hubId] : [hubId, groupId];
  const from = since === null ? [] : [since];
  const kinds = kindsOf(solved, range.priorities ?? PRIORITIES);
  const walks = kinds.map(([state, priority]) => `SELECT * FROM (${walk}) AS walk_${state}_${priority}`);
  return {
    sql: `SELECT id FROM (${walks.join(' UNION ALL ')}) AS found ORDER BY ${order} LIMIT ? OFFSET ?`,
    parameters: [...kinds.flatMap((kind) => [...owner, ...kind, ...from, skip + take]), take, skip],
  };
}

function kindsOf(solved: boolean | null, priorities: readonly AlertPriority[]): [state: 0 | 1, AlertPriority][] {
  const states = solved === null ? ([0, 1] as const) : ([solved ? 1 : 0] as const);
  return states.flatMap((state) => priorities.map((priority): [0 | 1, AlertPriority] => [state, priority]));
}
