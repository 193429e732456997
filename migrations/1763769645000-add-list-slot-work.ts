import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../src/database/index.js';

export class AddListSlotWork1763769645000 implements MigrationInterface {
  readonly name = 'AddListSlotWork1763769645000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'list', column.json('slot_work', { nullable: true }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropColumn(queryRunner, 'list', 'slot_work');
  }
}
