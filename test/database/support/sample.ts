import '../../support/test-database.js';
import {
  Column,
  Entity,
  ForeignKey,
  Index,
  type MigrationInterface,
  PrimaryColumn,
  type QueryRunner,
  Unique,
} from 'typeorm';
import {
  binaryColumn,
  blobColumn,
  booleanColumn,
  counterColumn,
  doubleColumn,
  idColumn,
  integerColumn,
  jsonColumn,
  stringColumn,
  textColumn,
  timeColumn,
} from '../../../src/database/columns.js';
import { column, createTable, dropTable } from '../../../src/database/table.js';

@Entity('sample_role')
@Unique('uq_sample_role_hub_id', ['hubId', 'id'])
@Unique('uq_sample_role_name', ['hubId', 'nameKey'])
export class SampleRole {
  @PrimaryColumn(idColumn())
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @Column(stringColumn(190, { name: 'name_key' }))
  nameKey: string;

  @Column(counterColumn({ default: 0 }))
  counter: number;
}

@Entity('sample_key')
@ForeignKey('SampleRole', ['hubId', 'roleId'], ['hubId', 'id'], {
  name: 'fk_sample_key_role',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
@Index('ix_sample_key_expires', ['expiresAt', 'id'])
export class SampleKey {
  @PrimaryColumn(idColumn({ name: 'hub_id' }))
  hubId: string;

  @PrimaryColumn(idColumn())
  id: string;

  @Column(idColumn({ name: 'role_id', nullable: true }))
  roleId: string | null;

  @Column(stringColumn(200, { default: 'none' }))
  label: string;

  @Column(binaryColumn(32, { nullable: true }))
  @Index('uq_sample_key_hash', { unique: true })
  hash: Buffer | null;

  @Column(booleanColumn({ default: true }))
  enabled: boolean;

  @Column(timeColumn({ name: 'expires_at', nullable: true }))
  expiresAt: number | null;

  @Column(jsonColumn({ nullable: true }))
  scopes: unknown;

  @Column(textColumn({ nullable: true }))
  note: string | null;

  @Column(integerColumn({ default: 7 }))
  size: number;

  @Column(doubleColumn({ nullable: true }))
  ratio: number | null;

  @Column(blobColumn({ nullable: true }))
  picture: Buffer | null;
}

export class CreateSampleRole1700000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'sample_role',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.string('name_key', 190),
        column.counter('counter', { default: 0 }),
      ],
      primaryKey: { name: 'pk_sample_role', columns: ['id'] },
      uniques: [
        { name: 'uq_sample_role_hub_id', columns: ['hub_id', 'id'] },
        { name: 'uq_sample_role_name', columns: ['hub_id', 'name_key'] },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'sample_role');
  }
}

export class CreateSampleKey1700000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'sample_key',
      columns: [
        column.id('hub_id'),
        column.id('id'),
        column.id('role_id', { nullable: true }),
        column.string('label', 200, { default: 'none' }),
        column.binary('hash', 32, { nullable: true }),
        column.boolean('enabled', { default: true }),
        column.time('expires_at', { nullable: true }),
        column.json('scopes', { nullable: true }),
        column.text('note', { nullable: true }),
        column.integer('size', { default: 7 }),
        column.double('ratio', { nullable: true }),
        column.blob('picture', { nullable: true }),
      ],
      primaryKey: { name: 'pk_sample_key', columns: ['hub_id', 'id'] },
      indices: [
        { name: 'ix_sample_key_expires', columns: ['expires_at', 'id'] },
        { name: 'uq_sample_key_hash', columns: ['hash'], unique: true },
      ],
      foreignKeys: [
        {
          name: 'fk_sample_key_role',
          columns: ['hub_id', 'role_id'],
          references: { table: 'sample_role', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'sample_key');
  }
}

export const entities = [SampleRole, SampleKey];
export const migrations = [CreateSampleRole1700000000001, CreateSampleKey1700000000002];
