import { type Scope } from './names.js';
import { type Expression } from './tree.js';

/** The same for expressions that are the same, however they are written: names without case, aliases resolved. */
export function keyOf(expression: Expression, scope: Scope): string {
  const key = (one: Expression): string => keyOf(one, scope);
  const e = expression;
  switch (e.kind) {
    case 'number':
      return String(e.value);
    case 'text':
      return JSON.stringify(e.value);
    case 'null':
      return 'null';
    case 'all':
      return '*';
    case 'column': {
      const { table, slot } = scope.column(e);
      return `t${table.position}.${slot ?? 'id'}`;
    }
    case 'call': {
      const inputs = e.inputs?.map(key).join(',') ?? '*';
      return `${e.name.text.toLowerCase()}(${e.distinct ? 'distinct ' : ''}${inputs})`;
    }
    case 'cast':
      return `cast(${key(e.operand)} as ${e.type.text.toLowerCase()})`;
    case 'negate':
    case 'not':
      return `${e.kind}(${key(e.operand)})`;
    case 'arithmetic':
    case 'compare':
    case 'logic':
      return `(${key(e.left)} ${e.operator} ${key(e.right)})`;
    case 'null-test':
      return `${e.kind} ${e.negated}(${key(e.operand)})`;
    case 'in':
      return `${e.kind} ${e.negated}(${[e.operand, ...e.values].map(key).join(',')})`;
    case 'between':
      return `${e.kind} ${e.negated}(${[e.operand, e.low, e.high].map(key).join(',')})`;
    case 'like':
      return `${e.kind} ${e.negated}(${key(e.operand)},${key(e.pattern)},${JSON.stringify(e.escape?.value)})`;
  }
}
