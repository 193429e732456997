import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateDomainRule1763769680100 implements MigrationInterface {
  readonly name = 'CreateDomainRule1763769680100';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'domain_rule',
      columns: [
        column.string('id', 36),
        column.id('hub_id'),
        column.id('domain_id'),
        column.string('phase', 32),
        column.integer('pos'),
        column.boolean('enabled'),
        column.string('name', 200),
        column.text('filter_str'),
        column.json('actions'),
        column.json('list_names'),
        column.integer('patterns'),
        column.string('creator_type', 16),
        column.id('creator_id'),
        column.time('created_at'),
        column.time('updated_at'),
      ],
      primaryKey: { name: 'pk_domain_rule', columns: ['id'] },
      uniques: [{ name: 'uq_domain_rule_hub', columns: ['hub_id', 'id'] }],
      indices: [{ name: 'ix_domain_rule_order', columns: ['hub_id', 'domain_id', 'phase', 'pos'] }],
      foreignKeys: [
        {
          name: 'fk_domain_rule_domain',
          columns: ['hub_id', 'domain_id'],
          references: { table: 'domain', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'domain_rule');
  }
}
