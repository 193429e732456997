import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { nameKey } from '../src/common/name-key.js';

const ROLES_AT_ONCE = 500;

/** Roles of before are found by their names too. The databases fold case differently, so the names are folded here. */
export class FillRoleNameKey1763769637000 implements MigrationInterface {
  readonly name = 'FillRoleNameKey1763769637000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const some = `SELECT id, name FROM role WHERE name IS NOT NULL AND id > ? ORDER BY id LIMIT ${ROLES_AT_ONCE}`;
    for (let last = ''; ;) {
      const roles = (await queryRunner.query(some, [last])) as { id: string; name: string }[];
      for (const { id, name } of roles) {
        await queryRunner.query('UPDATE role SET name_key = ? WHERE id = ?', [nameKey(name), id]);
      }
      if (roles.length < ROLES_AT_ONCE) {
        return;
      }
      last = roles[roles.length - 1].id;
    }
  }

  /** The column goes with the migration before. */
  async down(): Promise<void> {}
}
