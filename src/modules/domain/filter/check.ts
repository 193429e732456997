import { FilterSyntaxError, shown } from './filter.errors.js';
import { compilePattern, PATTERN_COST_MAX, PATTERN_LENGTH_MAX, PatternError } from './pattern.js';
import { referencesOf } from './references.js';
import { type Condition, type Member, type Place, type Test } from './tree.js';
import { checkLetters, type OperandType, typeOf } from './types.js';
import { testsOf } from './walk.js';

/** Linear time is kept for texts up to here by the engine's own search. */
const CONTAINED_LENGTH_MAX = 256;
const PATTERNS_MAX = 32;

/** @throws FilterSyntaxError where something is compared that cannot be */
export function checkFilter(filter: Condition): void {
  checkCondition(filter);
  checkPatterns(filter);
  // A list has one type.
  referencesOf(filter);
}

function checkCondition(condition: Condition): void {
  switch (condition.kind) {
    case 'and':
    case 'xor':
    case 'or':
      condition.operands.forEach(checkCondition);
      break;
    case 'not':
      checkCondition(condition.operand);
      break;
    case 'any':
    case 'all':
      checkTest(condition.test, condition.kind);
      break;
    default:
      checkTest(condition, null);
  }
}

function checkTest(test: Test, within: 'any' | 'all' | null): void {
  const of = typeOf(test.operand);
  const { place } = test.operand;
  if (within === null && of.shape === 'each') {
    throw new FilterSyntaxError(place, '[*] stands within any(…) or all(…) only.');
  }
  if (within !== null && of.shape !== 'each') {
    throw new FilterSyntaxError(place, `${within} asks each value of a field, as in ${within}(${EACH} == "x").`);
  }
  checkQuestion(test, of);
}

const EACH = 'http.request.headers["name"][*]';

function checkQuestion(test: Test, of: OperandType): void {
  switch (test.kind) {
    case 'holds':
      assertType(of, ['boolean'], test.place, HOW[of.type]);
      break;
    case 'contains':
      assertType(of, ['string'], test.place, `contains asks texts. ${HOW[of.type]}`);
      checkContained(test.value, test.place, of);
      break;
    case 'matches':
      assertType(of, ['string'], test.place, `matches asks texts. ${HOW[of.type]}`);
      break;
    case 'compare':
      assertType(of, ['string', 'int', 'ip'], test.place, HOW[of.type]);
      checkValue(test.value, of);
      if (of.type === 'ip' && (test.value.value as string).includes('/')) {
        throw new FilterSyntaxError(test.value.place, 'This is a network: write ip.src in {…}.');
      }
      if (of.type === 'ip' && test.operator !== '==' && test.operator !== '!=') {
        throw new FilterSyntaxError(test.place, `Addresses have no order: ${HOW.ip}`);
      }
      break;
    case 'in':
      assertType(of, ['string', 'int', 'ip'], test.place, HOW[of.type]);
      test.members.forEach((member) => checkValue(member, of));
      break;
    case 'in-list':
      assertType(of, ['string', 'int', 'ip'], test.place, HOW[of.type]);
  }
}

/** How each type is asked. */
const HOW = {
  boolean: 'A boolean stands by itself, as in ssl or not ssl.',
  ip: 'Write ip.src == 192.0.2.1, ip.src in {192.0.2.0/24} or ip.src in $list.',
  int: 'Write len(http.request.uri) > 100, or in {1..5}.',
  string: 'Write http.host == "api.example.com", or contains, matches, in.',
} as const;

function assertType(of: OperandType, allowed: readonly OperandType['type'][], place: Place, how: string): void {
  if (!allowed.includes(of.type)) {
    throw new FilterSyntaxError(place, how);
  }
}

const NAMES = { string: 'a text in double quotes', int: 'a whole number', ip: 'an address' } as const;

function checkValue(value: Member, of: OperandType): void {
  const type = value.kind === 'range' ? 'int' : value.kind;
  if (type !== of.type && of.type !== 'boolean') {
    throw new FilterSyntaxError(value.place, `This is compared with ${NAMES[of.type]}, not with ${NAMES[type]}.`, [
      NAMES[of.type],
    ]);
  }
  if (value.kind === 'string') {
    checkLetters(value, value.value, of.letters);
  }
  if (value.kind === 'range' && value.low > value.high) {
    throw new FilterSyntaxError(value.place, `Nothing is in this range. Write ${value.high}..${value.low}.`);
  }
}

function checkContained(value: string, place: Place, { letters }: OperandType): void {
  if (value.length > CONTAINED_LENGTH_MAX) {
    throw new FilterSyntaxError(place, `contains looks for at most ${CONTAINED_LENGTH_MAX} characters.`);
  }
  checkLetters({ kind: 'string', value, place }, value, letters);
}

/** Each by itself, and all of a filter together. */
function checkPatterns(filter: Condition): void {
  let cost = 0;
  let count = 0;
  for (const test of testsOf(filter)) {
    if (test.kind === 'matches') {
      count += 1;
      if (count > PATTERNS_MAX) {
        throw new FilterSyntaxError(test.patternPlace, `A filter has at most ${PATTERNS_MAX} patterns.`);
      }
      cost += costOf(test.pattern, test.patternPlace);
      if (cost > PATTERN_COST_MAX) {
        throw new FilterSyntaxError(test.patternPlace, 'The patterns of this filter are too large together.');
      }
    }
  }
}

function costOf(pattern: string, place: Place): number {
  if (pattern.length > PATTERN_LENGTH_MAX) {
    throw new FilterSyntaxError(place, `A pattern has at most ${PATTERN_LENGTH_MAX} characters.`);
  }
  try {
    return compilePattern(pattern).cost;
  } catch (error) {
    throw error instanceof PatternError
      ? new FilterSyntaxError(place, `The pattern ${shown(pattern)} ${error.message}`)
      : error;
  }
}
