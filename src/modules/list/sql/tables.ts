import { type DatabaseKind } from '../../../database/index.js';
import { type IndexLookup } from '../index-lookup.js';
import { type Dialect, joined, raw, type Sql, sql, WHOLE } from './dialect.js';
import { type Scope, type ScopeColumn, type ScopeTable } from './names.js';
import { type Expression, type Select } from './tree.js';

/** How a joined list is found by the rows before it. */
export interface JoinKeys {
  /** The list is copied with a key of its own first: its table has no index on the columns of the condition. */
  readonly copied: boolean;
  /** Texts of which the copy has a short form to be found by. */
  readonly texts: readonly string[];
  /** Narrows by the short forms; the condition itself still decides. */
  readonly on: Sql | null;
}

/** Beyond this many bytes, columns of servers cannot be keys of a copy. */
const KEY_BYTES = 255;
const PLAIN: JoinKeys = { copied: false, texts: [], on: null };

/**
 * By list, how it is joined. What is joined by an equality, and not by its ID, is copied: databases look rows up in a
 * copy by a key that they make, and would otherwise compare each row with each.
 */
export function joinKeys(select: Select, scope: Scope, kind: DatabaseKind): JoinKeys[] {
  return scope.tables.map((table, index) => {
    const join = select.joins[index - 1];
    const pairs = join ? equalities(join.on, scope, table) : [];
    if (pairs.length === 0 || pairs.some(({ inner }) => inner.slot === null)) {
      return PLAIN;
    }
    const texts = kind === 'sqlite' ? [] : pairs.filter(({ inner }) => inner.type === 'String');
    const on = texts.map(({ inner, outer }) => {
      const [ours, theirs] = [`t${table.position}.key_${inner.slot}`, `t${outer.table.position}.${outer.slot}`];
      return raw(`${ours} = LEFT(${theirs}, ${KEY_BYTES})`);
    });
    return {
      copied: true,
      texts: [...new Set(texts.map(({ inner }) => inner.slot ?? ''))],
      on: on.length > 0 ? joined(on, ' AND ') : null,
    };
  });
}

interface Pair {
  readonly inner: ScopeColumn;
  readonly outer: ScopeColumn;
}

/** The columns of a list that must equal a column of a list before it. */
function equalities(on: Expression, scope: Scope, table: ScopeTable): Pair[] {
  if (on.kind === 'logic' && on.operator === 'and') {
    return [...equalities(on.left, scope, table), ...equalities(on.right, scope, table)];
  }
  if (on.kind !== 'compare' || on.operator !== '=' || on.left.kind !== 'column' || on.right.kind !== 'column') {
    return [];
  }
  const [left, right] = [scope.column(on.left), scope.column(on.right)];
  const pairs = [
    { inner: left, outer: right },
    { inner: right, outer: left },
  ];
  return pairs.filter(({ inner, outer }) => inner.table === table && outer.table !== table);
}

/**
 * A list as a table: its ID and the slots that the statement uses. The list is found by hub, id and the revision that
 * the statement was checked against: a list that has changed since yields nothing (decision 0003).
 * @param found the rows that are enough, by an index
 */
export function derivedTable(
  table: ScopeTable,
  slots: readonly string[],
  keys: JoinKeys = PLAIN,
  found: IndexLookup | null,
  dialect: Dialect,
): Sql {
  const { hubId, id, revision } = table.list;
  const types = new Map(table.columns.map(({ slot, type }) => [slot, type]));
  const columns = slots.map((slot) =>
    types.get(slot) === 'String' ? sql`${dialect.text(raw(slot))} AS ${raw(slot)}` : raw(slot),
  );
  const short = keys.texts.map(
    (slot) => sql`LEFT(${dialect.text(raw(slot))}, ${raw(`${KEY_BYTES}`)}) AS ${raw(`key_${slot}`)}`,
  );
  const list: Sql = {
    text: '(SELECT no FROM list WHERE hub_id = ? AND id = ? AND revision = ? AND deleted_at IS NULL)',
    parameters: [hubId, id, revision],
  };
  const end = keys.copied ? WHOLE : raw('');
  const all = [raw('row_id'), ...columns, ...short];
  const everything = { from: raw('list_row'), where: raw('') };
  const { from, where } = found ? dialect.rows({ text: found.sql, parameters: found.parameters }) : everything;
  return sql`(SELECT ${all} FROM ${from} WHERE list_no = ${list}${where}${end}) AS ${raw(`t${table.position}`)}`;
}
