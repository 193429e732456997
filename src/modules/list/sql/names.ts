import { nameKey } from '../../../common/name-key.js';
import { type ColumnType, ID_COLUMN } from '../list-columns.js';
import { type ListTable } from '../row.repository.js';
import { shown, SqlError } from './sql.errors.js';
import { type ColumnNode, type Name, type Source } from './tree.js';

/** A column of a list as the statement sees it. */
export interface ScopeColumn {
  readonly table: ScopeTable;
  readonly name: string;
  readonly type: ColumnType;
  /** Null is the row's ID. */
  readonly slot: string | null;
}

/** A list in the statement; it is known by its alias, or by its name where it has none. */
export interface ScopeTable {
  readonly list: ListTable;
  readonly key: string;
  readonly position: number;
  readonly columns: readonly ScopeColumn[];
}

/** The lists of a statement and their columns, found as integrators name them: without case. */
export class Scope {
  readonly tables: ScopeTable[] = [];

  /** @throws SqlError where two lists would be known by one name */
  add(source: Source, list: ListTable): ScopeTable {
    const known = source.alias ?? source.name;
    const key = nameKey(known.text);
    if (this.tables.some((table) => table.key === key)) {
      throw new SqlError(
        known.place,
        `Two lists are known as ${shown(known.text)} here. Give one an alias of its own.`,
      );
    }
    const columns: ScopeColumn[] = [];
    const table: ScopeTable = { list, key, position: this.tables.length, columns };
    columns.push({ ...ID_COLUMN, table, slot: null });
    columns.push(...list.columns.map(({ name, type, slot }) => ({ name, type, slot, table })));
    this.tables.push(table);
    return table;
  }

  /** @throws SqlError where there is none, or several */
  column({ table, name }: Pick<ColumnNode, 'table' | 'name'>): ScopeColumn {
    const key = nameKey(name.text);
    const tables = table ? [this.table(table)] : this.tables;
    const [found, another] = tables.flatMap(({ columns }) => columns.filter((column) => nameKey(column.name) === key));
    if (!found) {
      throw new SqlError(
        name.place,
        `There is no column ${shown(name.text)} in ${table ? 'this list' : 'these lists'}.`,
      );
    }
    if (another) {
      throw new SqlError(name.place, `More than one list has a column ${shown(name.text)}. Write alias.column.`);
    }
    return found;
  }

  /** What `*` or `alias.*` stands for. */
  all(table: Name | null): readonly ScopeColumn[] {
    return (table ? [this.table(table)] : this.tables).flatMap(({ columns }) => columns);
  }

  private table(name: Name): ScopeTable {
    const key = nameKey(name.text);
    const found = this.tables.find((table) => table.key === key);
    if (!found) {
      throw new SqlError(name.place, `No list of the statement is known as ${shown(name.text)} here.`);
    }
    return found;
  }
}

/** Never used, deleted, of another hub, or closed to the key: all read the same. */
export function unknownList(name: Name): SqlError {
  return new SqlError(name.place, `There is no list ${shown(name.text)} that this key may read.`);
}
