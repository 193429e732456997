import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { dropTable, TABLE_OPTIONS } from '../src/database/index.js';

const string = (name: string, length: number, isNullable = false): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  isNullable,
});
const bigint = (name: string, isNullable = false): TableColumnOptions => ({ name, type: 'bigint', isNullable });

/** By hand, because of `no`: the database generates it, and never again a number that was once given. */
export class CreateList1763769611000 implements MigrationInterface {
  readonly name = 'CreateList1763769611000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const embedded = queryRunner.dataSource.options.type === 'better-sqlite3';
    await queryRunner.createTable(listTable(embedded), true);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'list');
  }
}

function listTable(embedded: boolean): Table {
  const rule = 'RESTRICT';
  return new Table({
    name: 'list',
    engine: embedded ? undefined : TABLE_OPTIONS,
    columns: [
      {
        name: 'no',
        type: 'integer',
        isPrimary: true,
        isGenerated: true,
        generationStrategy: 'increment',
        primaryKeyConstraintName: 'pk_list',
      },
      string('hub_id', 24),
      string('id', 24),
      bigint('number'),
      string('name', 200),
      string('name_key', 400, true),
      string('description', 1000, true),
      { name: 'column_definitions', type: embedded ? 'text' : 'longtext' },
      bigint('last_row_id'),
      bigint('row_count'),
      bigint('revision'),
      string('creator_type', 16),
      string('creator_id', 24),
      bigint('created_at'),
      bigint('updated_at'),
      bigint('deleted_at', true),
    ],
    uniques: [
      { name: 'uq_list_hub', columnNames: ['hub_id', 'id'] },
      { name: 'uq_list_number', columnNames: ['hub_id', 'number'] },
      { name: 'uq_list_name', columnNames: ['hub_id', 'name_key'] },
    ],
    foreignKeys: [
      {
        name: 'fk_list_hub',
        columnNames: ['hub_id'],
        referencedTableName: 'hub',
        referencedColumnNames: ['id'],
        onDelete: rule,
        onUpdate: rule,
      },
    ],
  });
}
