import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateDomain1763769680000 implements MigrationInterface {
  readonly name = 'CreateDomain1763769680000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'domain',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.string('name', 253),
        column.string('state', 16),
        column.string('approved_name', 253, { nullable: true }),
        column.boolean('rules_enabled'),
        column.string('creator_type', 16),
        column.id('creator_id'),
        column.time('created_at'),
        column.time('updated_at'),
      ],
      primaryKey: { name: 'pk_domain', columns: ['id'] },
      uniques: [
        { name: 'uq_domain_hub', columns: ['hub_id', 'id'] },
        { name: 'uq_domain_name', columns: ['hub_id', 'name'] },
        { name: 'uq_domain_approved', columns: ['approved_name'] },
      ],
      foreignKeys: [{ name: 'fk_domain_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'domain');
  }
}
