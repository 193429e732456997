import { type JobComponent } from '../job/index.js';
import { isDeclared } from './index-entries.js';
import { type ListColumn } from './list-columns.js';
import { type List } from './list.entity.js';
import { stagedColumns } from './slot-work.js';

/** What the activity tells of a list. */
export function factsOf({ name, number, description, columns, slotWork }: List): Record<string, unknown> {
  const staged = stagedColumns(slotWork ?? []).map(({ column }) => columnFacts(column));
  return {
    name,
    number,
    description,
    columns: columns.map(columnFacts),
    ...(staged.length > 0 && { columns_on_their_way: staged }),
  };
}

export function componentOf({ id }: List): JobComponent {
  return { type: 'list', id };
}

function columnFacts({ slot: _slot, index, ...column }: ListColumn): Record<string, unknown> {
  return { ...column, ...(isDeclared({ index }) && { indexed: true }) };
}
