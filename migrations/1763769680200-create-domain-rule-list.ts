import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateDomainRuleList1763769680200 implements MigrationInterface {
  readonly name = 'CreateDomainRuleList1763769680200';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'domain_rule_list',
      columns: [
        column.string('id', 36),
        column.id('hub_id'),
        column.id('domain_id'),
        column.string('name', 64),
        column.string('type', 8),
        column.json('entries'),
        column.integer('entry_count'),
        column.string('creator_type', 16),
        column.id('creator_id'),
        column.time('created_at'),
        column.time('updated_at'),
      ],
      primaryKey: { name: 'pk_domain_rule_list', columns: ['id'] },
      uniques: [
        { name: 'uq_domain_rule_list_hub', columns: ['hub_id', 'id'] },
        { name: 'uq_domain_rule_list_name', columns: ['hub_id', 'domain_id', 'name'] },
      ],
      foreignKeys: [
        {
          name: 'fk_domain_rule_list_domain',
          columns: ['hub_id', 'domain_id'],
          references: { table: 'domain', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'domain_rule_list');
  }
}
