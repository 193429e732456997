import { nameKey } from '../../common/name-key.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { containing, type Database } from '../../database/index.js';
import { type ApiKeyState } from './api-key.entity.js';

/** The column behind each field that a list may be sorted by. With its state, each is in an index of its own. */
const SORTS: Readonly<Record<string, string>> = {
  id: 'id',
  name: 'name_key',
  state: 'state',
  expires_at: 'expires_at',
  last_used_at: 'last_used_at',
  'events.created': 'created_at',
  'events.updated': 'updated_at',
};
export const API_KEY_SORTS = Object.keys(SORTS);

/** All of them go on with the id. */
const INDEX_OF_ORDER: Readonly<Record<string, string>> = {
  id: 'ix_api_key_list',
  state: 'ix_api_key_list',
  name_key: 'ix_api_key_name',
  expires_at: 'ix_api_key_expires',
  last_used_at: 'ix_api_key_used',
  created_at: 'ix_api_key_created',
  updated_at: 'ix_api_key_updated',
};
const INDEX_OF_FILTER: Readonly<Record<string, string>> = {
  role: 'ix_api_key_role_state',
  group: 'ix_api_key_group_state',
  creator: 'ix_api_key_creator',
};

const STATES: readonly ApiKeyState[] = ['live', 'inactive', 'deleted'];
const NOT_DELETED: readonly ApiKeyState[] = ['live', 'inactive'];

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

interface Order {
  readonly column: string;
  readonly descending: boolean;
}

/**
 * The ids of one page of keys, in order; null when no key can be meant. Deleted keys come only when the filter asks for
 * them. The keys of each state are walked in the order of an index and stop at the end of the page; then the few that
 * were found are merged, so that no database sorts, or reads, the whole hub. (A filter together with the sort of
 * another column has no index of its own: there the database chooses between the two.)
 */
export function keyPage(database: Pick<Database, 'usingIndex'>, hubId: string, query: ResourceQuery): Statement | null {
  const wanted = query.filter['state'] ?? NOT_DELETED;
  const states = STATES.filter((state) => wanted.includes(state));
  if (states.length === 0) {
    return null;
  }
  const order = orderOf(query);
  const conditions = conditionsOf(query);
  const columns = ['id', ...order.map(({ column }) => column).filter((column) => column !== 'id')].join(', ');
  const where = ['hub_id = ?', 'state = ?', ...conditions.map(({ sql }) => sql)].join(' AND ');
  const index = indexFor(query, order);
  const table = `api_key${index === null ? '' : database.usingIndex(index)}`;
  const walk = `SELECT ${columns} FROM ${table} WHERE ${where} ORDER BY ${orderBy(order)} LIMIT ?`;
  const { offset, size } = query.page;
  const values = (state: ApiKeyState) => [hubId, state, ...conditions.flatMap(({ parameters }) => parameters)];
  if (states.length === 1) {
    return { sql: `${walk} OFFSET ?`, parameters: [...values(states[0]), size, offset] };
  }
  const walks = states.map((state) => `SELECT * FROM (${walk}) AS ${state}_keys`).join(' UNION ALL ');
  return {
    sql: `SELECT id FROM (${walks}) AS found ORDER BY ${orderBy(order)} LIMIT ? OFFSET ?`,
    parameters: [...states.flatMap((state) => [...values(state), offset + size]), size, offset],
  };
}

/** Always with the id at the end, which goes the way of the field before it: an index can be walked either way, not both. */
function orderOf({ sort, filter }: ResourceQuery): Order[] {
  const fields = sort.length > 0 ? sort : [usualSort(filter)];
  const order = fields.map(({ field, descending }) => ({ column: SORTS[field], descending }));
  const last = order[order.length - 1];
  return order.some(({ column }) => column === 'id') ? order : [...order, { ...last, column: 'id' }];
}

/** Those before a moment come in the order of that moment: it is the order in which they are found. */
function usualSort(filter: ResourceQuery['filter']): { field: string; descending: boolean } {
  const field = filter['expires_before'] ? 'expires_at' : filter['last_used_before'] ? 'last_used_at' : 'id';
  return { field, descending: false };
}

/** The index that has what is asked for in the order that is asked for; null when there is none. */
function indexFor({ filter }: ResourceQuery, order: readonly Order[]): string | null {
  const [{ column }] = order;
  const moments = [
    ...(filter['expires_before'] ? ['expires_at'] : []),
    ...(filter['last_used_before'] ? ['last_used_at'] : []),
  ];
  const [owner, ...others] = Object.keys(INDEX_OF_FILTER).filter((name) => filter[name]);
  if (order.length > 2 || others.length > 0) {
    return null;
  }
  if (owner === undefined) {
    return moments.length === 0 || moments.includes(column) ? INDEX_OF_ORDER[column] : null;
  }
  const byId = column === 'id' || column === 'state';
  return byId && moments.length === 0 && filter[owner].length === 1 ? INDEX_OF_FILTER[owner] : null;
}

function orderBy(order: readonly Order[]): string {
  return order.map(({ column, descending }) => `${column} ${descending ? 'DESC' : 'ASC'}`).join(', ');
}

function conditionsOf({ filter }: ResourceQuery): Statement[] {
  const { search, role, group, creator, expires_before: expires, last_used_before: used } = filter;
  return [
    ...(search ? [{ sql: "name_key LIKE ? ESCAPE '!'", parameters: [containing(nameKey(search[0]))] }] : []),
    ...(role ? [oneOf('role_id', role)] : []),
    ...(group ? [oneOf('group_id', group)] : []),
    ...(creator ? [oneOf('creator_id', creator)] : []),
    ...(expires ? [before('expires_at', expires)] : []),
    ...(used ? [before('last_used_at', used)] : []),
  ];
}

function oneOf(column: string, ids: readonly string[]): Statement {
  return { sql: `${column} IN (${ids.map(() => '?').join(', ')})`, parameters: ids };
}

function before(column: string, [time]: readonly string[]): Statement {
  return { sql: `${column} < ?`, parameters: [Date.parse(time)] };
}
