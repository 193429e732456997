import { FilterSyntaxError } from './filter.errors.js';
import { compilePattern } from './pattern.js';
import { type Filter, type ListType } from './tree.js';
import { typeOf } from './types.js';
import { fieldOf, testsOf } from './walk.js';

/** What a filter reads: fields by their names, without key or index, and lists by their names, without `$`. */
export interface FilterReferences {
  readonly fields: ReadonlySet<string>;
  readonly lists: ReadonlyMap<string, ListType>;
  /** How many patterns have to be run over a text, because they are more than a plain text at its place. */
  readonly patterns: number;
}

/** @throws FilterSyntaxError if a list would need two types, which parseFilter refuses */
export function referencesOf(filter: Filter): FilterReferences {
  const fields = new Set<string>();
  const lists = new Map<string, ListType>();
  let patterns = 0;
  for (const test of testsOf(filter)) {
    fields.add(fieldOf(test.operand));
    if (test.kind === 'matches' && compilePattern(test.pattern).cost > 0) {
      patterns += 1;
    }
    if (test.kind === 'in-list') {
      const type = typeOf(test.operand).type as ListType;
      const known = lists.get(test.list) ?? type;
      if (known !== type) {
        throw new FilterSyntaxError(
          test.listPlace,
          `The list $${test.list} is compared with a value of type ${type} here and of type ${known} before.`,
        );
      }
      lists.set(test.list, type);
    }
  }
  return { fields, lists, patterns };
}
