import { type QueryRunner, Table, TableColumn, type TableColumnOptions } from 'typeorm';
import type { DatabaseKind } from './database-url.js';
import { storageOf, type StorageName } from './storage.js';

export interface ColumnSettings {
  nullable?: boolean;
  /** Must equal the entity's `default`. Text and JSON columns cannot have one. */
  default?: number | string | boolean;
  /** Given by the database, never the same again. The primary key of its table. */
  generated?: boolean;
}

/** A column of a migration, without a database yet. */
export interface ColumnSpec extends ColumnSettings {
  name: string;
  storage: StorageName;
  length?: number;
}

type Rule = 'RESTRICT' | 'CASCADE' | 'SET NULL';

export interface KeySpec {
  name: string;
  columns: string[];
}

export interface IndexSpec extends KeySpec {
  unique?: boolean;
}

export interface ForeignKeySpec extends KeySpec {
  references: { table: string; columns: string[] };
  onDelete?: Rule;
  onUpdate?: Rule;
}

export interface TableSpec {
  name: string;
  columns: ColumnSpec[];
  primaryKey: KeySpec;
  uniques?: KeySpec[];
  indices?: IndexSpec[];
  foreignKeys?: ForeignKeySpec[];
  /** On SQLite the rows lie in the primary key itself, as they always do in InnoDB: for narrow rows that are found by it. */
  withoutRowid?: boolean;
}

const spec =
  (storage: StorageName) =>
  (name: string, settings: ColumnSettings = {}): ColumnSpec => ({ ...settings, name, storage });

const sized =
  (storage: StorageName) =>
  (name: string, length: number, settings: ColumnSettings = {}): ColumnSpec => ({ ...settings, name, storage, length });

/** The columns of a migration; each has its twin in `columns.ts`. */
export const column = {
  id: spec('id'),
  string: sized('string'),
  text: spec('text'),
  json: spec('json'),
  time: spec('time'),
  counter: spec('counter'),
  integer: spec('integer'),
  small: spec('small'),
  boolean: spec('boolean'),
  binary: sized('binary'),
  bytes: sized('bytes'),
  blob: spec('blob'),
  double: spec('double'),
  serial: (name: string): ColumnSpec => ({ name, storage: 'integer', generated: true }),
};

/**
 * TypeORM writes `ENGINE=` and then this text as it is, which is the only way to say in the one atomic CREATE TABLE
 * that nothing comes from the server's or the database's defaults (latin1 is still one of them).
 */
export const TABLE_OPTIONS = 'InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC';

/**
 * Creates a table with all its keys unless it is there already. On MySQL and MariaDB it is one statement, so that a
 * migration that dies leaves the table whole or absent, and can simply be run again.
 */
export async function createTable(queryRunner: QueryRunner, table: TableSpec): Promise<void> {
  await ensure(
    () => queryRunner.hasTable(table.name),
    () => queryRunner.createTable(toTable(table, kindOf(queryRunner))),
  );
}

/** Drops a table with its keys, if it is there. */
export async function dropTable(queryRunner: QueryRunner, name: string): Promise<void> {
  await queryRunner.query(`DROP TABLE IF EXISTS ${quote(queryRunner, name)}`);
}

/** Adds a column unless it is there. It must be nullable or have a default: rows may exist. */
export async function addColumn(queryRunner: QueryRunner, table: string, added: ColumnSpec): Promise<void> {
  if (!added.nullable && added.default === undefined) {
    throw new Error(
      `The new column ${table}.${added.name} must be nullable or have a default: the table may have rows.`,
    );
  }
  const { type, length, isNullable, default: value } = new TableColumn(toColumn(added, kindOf(queryRunner), []));
  const size = length ? `(${length})` : '';
  const usual = value === undefined ? '' : ` DEFAULT ${value}`;
  const name = `${quote(queryRunner, table)} ADD COLUMN ${quote(queryRunner, added.name)}`;
  await ensure(
    () => queryRunner.hasColumn(table, added.name),
    () => queryRunner.query(`ALTER TABLE ${name} ${type}${size} ${isNullable ? 'NULL' : 'NOT NULL'}${usual}`),
  );
}

/**
 * Makes it so unless it is so, and is content when it is so after a failure: a server goes on with the statement of a
 * node that has died, while the next node has got its lock and found nothing yet.
 */
async function ensure(isSo: () => Promise<boolean>, makeItSo: () => Promise<unknown>): Promise<void> {
  if (await isSo()) {
    return;
  }
  try {
    await makeItSo();
  } catch (error) {
    if (!(await isSo())) {
      throw error;
    }
  }
}

/** Drops a column, if it is there. */
export async function dropColumn(queryRunner: QueryRunner, table: string, name: string): Promise<void> {
  const isGone = async (): Promise<boolean> => !(await queryRunner.hasColumn(table, name));
  const sql = `ALTER TABLE ${quote(queryRunner, table)} DROP COLUMN ${quote(queryRunner, name)}`;
  await ensure(isGone, () => queryRunner.query(sql));
}

/** Adds an index unless one of this name is there: MySQL knows no IF NOT EXISTS for indices, so we look first. */
export async function addIndex(
  queryRunner: QueryRunner,
  table: string,
  { name, columns, unique }: IndexSpec,
): Promise<void> {
  const quoted = columns.map((one) => quote(queryRunner, one)).join(', ');
  const index = `${unique ? 'UNIQUE ' : ''}INDEX ${quote(queryRunner, name)}`;
  await ensure(
    () => hasIndex(queryRunner, table, name),
    () => queryRunner.query(`CREATE ${index} ON ${quote(queryRunner, table)} (${quoted})`),
  );
}

/** Drops an index, if it is there. */
export async function dropIndex(queryRunner: QueryRunner, table: string, name: string): Promise<void> {
  const from = kindOf(queryRunner) === 'sqlite' ? '' : ` ON ${quote(queryRunner, table)}`;
  const isGone = async (): Promise<boolean> => !(await hasIndex(queryRunner, table, name));
  await ensure(isGone, () => queryRunner.query(`DROP INDEX ${quote(queryRunner, name)}${from}`));
}

async function hasIndex(queryRunner: QueryRunner, table: string, name: string): Promise<boolean> {
  const found = await queryRunner.getTable(table);
  return found?.indices.some((index) => index.name === name) ?? false;
}

function kindOf(queryRunner: QueryRunner): DatabaseKind {
  const { type } = queryRunner.dataSource.options;
  return type === 'mysql' || type === 'mariadb' ? type : 'sqlite';
}

function quote(queryRunner: QueryRunner, name: string): string {
  return queryRunner.dataSource.driver.escape(name);
}

function toTable(table: TableSpec, kind: DatabaseKind): Table {
  return new Table({
    name: table.name,
    engine: kind === 'sqlite' ? undefined : TABLE_OPTIONS,
    withoutRowid: kind === 'sqlite' && table.withoutRowid === true,
    columns: table.columns.map((one) => toColumn(one, kind, table.primaryKey.columns, table.primaryKey.name)),
    uniques: (table.uniques ?? []).map(({ name, columns }) => ({ name, columnNames: columns })),
    indices: (table.indices ?? []).map(({ name, columns, unique }) => ({
      name,
      columnNames: columns,
      isUnique: unique ?? false,
    })),
    foreignKeys: (table.foreignKeys ?? []).map((key) => ({
      name: key.name,
      columnNames: key.columns,
      referencedTableName: key.references.table,
      referencedColumnNames: key.references.columns,
      onDelete: key.onDelete ?? 'RESTRICT',
      onUpdate: key.onUpdate ?? 'RESTRICT',
    })),
  });
}

function toColumn(one: ColumnSpec, kind: DatabaseKind, primary: string[], primaryName?: string): TableColumnOptions {
  const isPrimary = primary.includes(one.name);
  return {
    ...storageOf(one.storage, kind, one.length),
    name: one.name,
    isNullable: one.nullable ?? false,
    isPrimary,
    ...(isPrimary && { primaryKeyConstraintName: primaryName }),
    ...(one.generated && { isGenerated: true, generationStrategy: 'increment' as const }),
    ...(one.default !== undefined && { default: literal(one.default) }),
  };
}

function literal(value: number | string | boolean): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(Number(value));
}
