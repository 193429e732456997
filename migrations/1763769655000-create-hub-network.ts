import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateHubNetwork1763769655000 implements MigrationInterface {
  readonly name = 'CreateHubNetwork1763769655000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'hub_network',
      columns: [
        column.id('hub_id'),
        column.string('purpose', 16),
        column.string('cidr', 50),
        column.boolean('allowed'),
        column.time('created_at'),
      ],
      primaryKey: { name: 'pk_hub_network', columns: ['hub_id', 'purpose', 'cidr'] },
      foreignKeys: [{ name: 'fk_hub_network_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'hub_network');
  }
}
