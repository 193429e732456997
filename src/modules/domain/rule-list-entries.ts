import { InvalidInputError } from '../../common/errors/index.js';
import { isPlainText } from '../../common/http/validation.js';
import { AddressList } from '../../common/ip/index.js';
import { type DomainRuleList, type RuleListType } from './domain-rule-list.entity.js';
import { type WriteRuleListDto } from './dto/rule-list.dto.js';

export const LIST_ENTRIES_MAX = 10_000;
export const LIST_TEXT_LENGTH_MAX = 256;
/** So many wrong entries are told at once. */
const PROBLEMS_MAX = 20;

export const FIELD_OF = { ip: 'ips', string: 'strs', int: 'ints' } as const satisfies Record<RuleListType, string>;
type Field = (typeof FIELD_OF)[RuleListType];

interface WrongEntry {
  readonly index: number;
  readonly reason: string;
}

/** The entries of a list of this type, each once. @throws InvalidInputError that names every wrong one */
export function readEntries(input: WriteRuleListDto): DomainRuleList['entries'] {
  const field = FIELD_OF[input.type];
  const other = Object.values(FIELD_OF).find((one) => one !== field && (input[one] ?? null) !== null);
  if (other !== undefined) {
    throw new InvalidInputError(`A list of type ${input.type} has its entries in ${field}; leave ${other} out.`, {
      source: `/${other}`,
    });
  }
  const given: readonly unknown[] = input[field] ?? [];
  if (given.length > LIST_ENTRIES_MAX) {
    throw new InvalidInputError(`${field} has at most ${LIST_ENTRIES_MAX} entries.`, { source: `/${field}` });
  }
  switch (field) {
    case 'ips':
      return addresses(given);
    case 'strs':
      return once(checked(field, given, isText, `must be text of 1 to ${LIST_TEXT_LENGTH_MAX} characters`));
    case 'ints':
      return once(checked(field, given, isWhole, 'must be a whole number that a double holds exactly'));
  }
}

/** In their canonical spelling. */
function addresses(given: readonly unknown[]): string[] {
  const texts = checked('ips', given, (one) => typeof one === 'string', 'must be text');
  try {
    return AddressList.parse(texts).entries;
  } catch (error) {
    assertNone('ips', AddressList.invalidEntries(texts));
    throw error;
  }
}

function checked<T>(field: Field, given: readonly unknown[], is: (one: unknown) => one is T, rule: string): T[] {
  assertNone(
    field,
    given.flatMap((one, index) => (is(one) ? [] : [{ index, reason: rule }])),
  );
  return given.filter(is);
}

function once<T>(entries: readonly T[]): T[] {
  return [...new Set(entries)];
}

function assertNone(field: Field, wrong: readonly WrongEntry[]): void {
  const first = wrong[0];
  if (first !== undefined) {
    const problems = wrong.slice(0, PROBLEMS_MAX).map(({ index, reason }) => ({
      loc: ['body', field, index],
      msg: `${field}[${index}] ${reason}.`,
      type: 'value_error',
    }));
    const more = wrong.length > 1 ? ` (${wrong.length} entries are wrong.)` : '';
    const detail = `${field}[${first.index}] ${first.reason}.${more}`;
    throw new InvalidInputError(detail, { source: `/${field}/${first.index}`, problems });
  }
}

function isText(one: unknown): one is string {
  return typeof one === 'string' && isPlainText(one, LIST_TEXT_LENGTH_MAX);
}

function isWhole(one: unknown): one is number {
  return Number.isSafeInteger(one);
}
