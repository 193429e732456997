import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable, LIFECYCLE_COLUMNS } from '../src/database/index.js';

export class CreateVariable1763769664000 implements MigrationInterface {
  readonly name = 'CreateVariable1763769664000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'variable',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.string('name', 200),
        column.string('name_key', 400, { nullable: true }),
        column.string('type', 16),
        column.json('value', { nullable: true }),
        column.string('description', 1000, { nullable: true }),
        column.counter('revision'),
        ...LIFECYCLE_COLUMNS,
      ],
      primaryKey: { name: 'pk_variable', columns: ['id'] },
      uniques: [
        { name: 'uq_variable_hub', columns: ['hub_id', 'id'] },
        { name: 'uq_variable_name', columns: ['hub_id', 'name_key'] },
      ],
      foreignKeys: [{ name: 'fk_variable_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'variable');
  }
}
