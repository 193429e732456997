import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable, LIFECYCLE_COLUMNS } from '../src/database/index.js';

export class CreateRole1763769605000 implements MigrationInterface {
  readonly name = 'CreateRole1763769605000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'role',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.string('name', 200, { nullable: true }),
        column.string('identifier', 100),
        column.integer('role_rank'),
        column.boolean('root'),
        column.string('default_of', 100, { nullable: true }),
        column.json('capabilities'),
        column.json('extra', { nullable: true }),
        column.counter('revision'),
        ...LIFECYCLE_COLUMNS,
      ],
      primaryKey: { name: 'pk_role', columns: ['id'] },
      uniques: [{ name: 'uq_role_hub', columns: ['hub_id', 'id'] }],
      foreignKeys: [{ name: 'fk_role_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'role');
  }
}
