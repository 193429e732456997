import { SqlError } from './sql.errors.js';
import { type Expression } from './tree.js';

/** Far below what the stacks of the databases bear (SQLite ends at 1000). */
const DEPTH_MAX = 200;

type Made<T> = T extends unknown ? Omit<T, 'depth'> : never;

/** A node above these. @throws SqlError where the tree becomes too deep */
export function node(fields: Made<Expression>, children: readonly Expression[] = []): Expression {
  const depth = 1 + children.reduce((deepest, child) => Math.max(deepest, child.depth), 0);
  if (depth > DEPTH_MAX) {
    throw new SqlError(fields.place, `This joins or nests more than ${DEPTH_MAX} terms. Use IN, or fewer of them.`);
  }
  return { ...fields, depth } as Expression;
}
