import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable, LIFECYCLE_COLUMNS } from '../src/database/index.js';

export class CreateUserGroup1763769606000 implements MigrationInterface {
  readonly name = 'CreateUserGroup1763769606000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'user_group',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.string('name', 200),
        column.string('name_key', 400, { nullable: true }),
        column.string('description', 1000, { nullable: true }),
        column.json('permissions'),
        column.counter('revision'),
        ...LIFECYCLE_COLUMNS,
      ],
      primaryKey: { name: 'pk_user_group', columns: ['id'] },
      uniques: [
        { name: 'uq_user_group_hub', columns: ['hub_id', 'id'] },
        { name: 'uq_user_group_name', columns: ['hub_id', 'name_key'] },
      ],
      foreignKeys: [{ name: 'fk_user_group_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'user_group');
  }
}
