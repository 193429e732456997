import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';
import { addColumn, column, createTable, dropTable } from '../../../src/database/index.js';

/** The last migration of the first release: databases with this schema hold people's data. */
const FIRST_RELEASE = 1763769613000;

/** What a later release could add, done well: each statement may meet its own result. */
class AddColor9000000000001 implements MigrationInterface {
  readonly name = 'AddColor9000000000001';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'hub', column.string('color', 16, { nullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE hub DROP COLUMN color');
  }
}

class CreateHubColor9000000000002 implements MigrationInterface {
  readonly name = 'CreateHubColor9000000000002';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'hub_color',
      columns: [column.id('hub_id'), column.string('color', 16)],
      primaryKey: { name: 'pk_hub_color', columns: ['hub_id'] },
      foreignKeys: [{ name: 'fk_hub_color_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } }],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'hub_color');
  }
}

class FillHubColor9000000000003 implements MigrationInterface {
  readonly name = 'FillHubColor9000000000003';

  async up(runner: QueryRunner): Promise<void> {
    const unfilled = 'NOT EXISTS (SELECT 1 FROM hub_color WHERE hub_color.hub_id = hub.id)';
    await runner.query(`INSERT INTO hub_color (hub_id, color) SELECT id, 'grey' FROM hub WHERE ${unfilled}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM hub_color');
  }
}

/** Fails when it is run again over its own first half. Outside a transaction, so that SQLite sees it as servers do. */
class Unguarded9000000000001 implements MigrationInterface {
  readonly name = 'Unguarded9000000000001';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE unguarded (id integer NOT NULL)');
    await runner.query('INSERT INTO unguarded (id) VALUES (1)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE unguarded');
  }
}

/** Runs again without complaint and leaves other rows than a clean run. */
class Doubling9000000000001 implements MigrationInterface {
  readonly name = 'Doubling9000000000001';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('UPDATE access_counter SET last_seq = last_seq + 1');
  }

  async down(): Promise<void> {}
}

export function firstRelease(): Function[] {
  return MIGRATIONS.filter(({ name }) => Number(name.slice(-13)) <= FIRST_RELEASE);
}

/** Histories that a campaign can be run with: ours, ours and a sound future, and two futures that are wrong. */
const SETS = {
  released: MIGRATIONS,
  sound: [...MIGRATIONS, AddColor9000000000001, CreateHubColor9000000000002, FillHubColor9000000000003],
  unguarded: [...firstRelease(), Unguarded9000000000001],
  doubling: [...firstRelease(), Doubling9000000000001],
};

export type MigrationSet = keyof typeof SETS;

export function migrationsOf(set: MigrationSet): Function[] {
  return [...SETS[set]];
}
