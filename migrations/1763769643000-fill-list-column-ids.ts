import { type MigrationInterface, type QueryRunner } from 'typeorm';

const LISTS_AT_ONCE = 500;

interface StoredColumn {
  readonly id?: number;
  readonly name: string;
}

/** Columns of before get ids in their order: until now none could be dropped, so their places are as good. */
export class FillListColumnIds1763769643000 implements MigrationInterface {
  readonly name = 'FillListColumnIds1763769643000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const some = `SELECT no, column_definitions FROM list WHERE no > ? ORDER BY no LIMIT ${LISTS_AT_ONCE}`;
    for (let last = 0; ;) {
      const lists = (await queryRunner.query(some, [last])) as { no: number; column_definitions: string }[];
      for (const { no, column_definitions } of lists) {
        const columns = JSON.parse(column_definitions) as StoredColumn[];
        const numbered = columns.map((column, index) => ({ id: index + 1, ...column }));
        const parameters = [JSON.stringify(numbered), numbered.length, no];
        await queryRunner.query('UPDATE list SET column_definitions = ?, last_column_id = ? WHERE no = ?', parameters);
      }
      if (lists.length < LISTS_AT_ONCE) {
        return;
      }
      last = lists[lists.length - 1].no;
    }
  }

  /** Ids that nobody reads do no harm. */
  async down(): Promise<void> {}
}
