import { type Condition, type Filter, type Literal, type Member, type Operand, type Test } from './tree.js';

/** The one canonical text of a filter. Read again it is the same filter, apart from the places. */
export function printFilter(filter: Filter): string {
  return printCondition(filter, 0);
}

const BINDING = { or: 1, xor: 2, and: 3, not: 4 } as const;

/** @param around how strongly what stands around it binds; weaker ones need parentheses */
function printCondition(condition: Condition, around: number): string {
  switch (condition.kind) {
    case 'or':
    case 'xor':
    case 'and': {
      const binding = BINDING[condition.kind];
      const text = condition.operands.map((one) => printCondition(one, binding)).join(` ${condition.kind} `);
      return binding < around ? `(${text})` : text;
    }
    case 'not':
      return `not ${printCondition(condition.operand, BINDING.not)}`;
    case 'any':
    case 'all':
      return `${condition.kind}(${printTest(condition.test)})`;
    default:
      return printTest(condition);
  }
}

function printTest(test: Test): string {
  const operand = printOperand(test.operand);
  switch (test.kind) {
    case 'compare':
      return `${operand} ${test.operator} ${printMember(test.value)}`;
    case 'contains':
      return `${operand} contains ${printText(test.value)}`;
    case 'matches':
      return `${operand} matches ${printPattern(test.pattern)}`;
    case 'in':
      return `${operand} in {${test.members.map(printMember).join(' ')}}`;
    case 'in-list':
      return `${operand} in $${test.list}`;
    case 'holds':
      return operand;
  }
}

export function printOperand(operand: Operand): string {
  if (operand.kind === 'call') {
    return `${operand.name}(${operand.inputs.map(printInput).join(', ')})`;
  }
  const { name, key, index } = operand;
  const subscript = index === null ? '' : `[${index === 'each' ? '*' : index}]`;
  return key === null ? name : `${name}[${printText(key)}]${subscript}`;
}

function printInput(input: Operand | Literal): string {
  return input.kind === 'field' || input.kind === 'call' ? printOperand(input) : printMember(input);
}

function printMember(member: Member): string {
  switch (member.kind) {
    case 'string':
      return printText(member.value);
    case 'int':
      return String(member.value);
    case 'ip':
      return member.value;
    case 'range':
      return `${member.low}..${member.high}`;
  }
}

const ESCAPES = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
const TO_ESCAPE = /["\\]|\p{Cc}/gu;

function printText(text: string): string {
  return `"${text.replace(TO_ESCAPE, (one) => ESCAPES.get(one) ?? hexadecimal(one))}"`;
}

function hexadecimal(one: string): string {
  return `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** In quotes a pattern stands as it is, but for quotes: one with quotes is a raw text. */
function printPattern(pattern: string): string {
  if (!pattern.includes('"')) {
    return `"${pattern}"`;
  }
  const longest = [...pattern.matchAll(/"(#*)/g)].reduce((most, [, hashes = '']) => Math.max(most, hashes.length), 0);
  const hashes = '#'.repeat(longest + 1);
  return `r${hashes}"${pattern}"${hashes}`;
}
