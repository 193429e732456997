import { type Condition, type Operand, type Test } from './tree.js';

/** Every question of a filter, in the order of the text. */
export function* testsOf(condition: Condition): Generator<Test, void> {
  switch (condition.kind) {
    case 'and':
    case 'xor':
    case 'or':
      for (const operand of condition.operands) {
        yield* testsOf(operand);
      }
      break;
    case 'not':
      yield* testsOf(condition.operand);
      break;
    case 'any':
    case 'all':
      yield condition.test;
      break;
    default:
      yield condition;
  }
}

/** The field that an operand is made of. */
export function fieldOf(operand: Operand): string {
  if (operand.kind === 'field') {
    return operand.name;
  }
  const inner = operand.inputs.find((input): input is Operand => input.kind === 'field' || input.kind === 'call');
  return inner ? fieldOf(inner) : '';
}
