import { AddressList } from '../../../common/ip/index.js';
import { type DomainRuleList } from '../domain-rule-list.entity.js';
import { prepareAddresses, type RuleLists, type RuleListValues } from '../filter/index.js';

/** Takes some milliseconds to read. */
const ADDRESSES_AT_ONCE = 500;

/** The values of lists, some at each step. A list that cannot be read is none, and so no rule can name it. */
export function* listsInParts(lists: readonly DomainRuleList[]): Generator<void, RuleLists> {
  const read = new Map<string, RuleListValues>();
  for (const list of lists) {
    const values = yield* valuesInParts(list);
    if (values) {
      read.set(list.name, values);
    }
    yield;
  }
  return read;
}

function* valuesInParts({ type, entries }: DomainRuleList): Generator<void, RuleListValues | null> {
  switch (type) {
    case 'ip':
      return yield* addressesInParts(entries as string[]);
    case 'string':
      return { type, values: new Set(entries as string[]) };
    case 'int':
      return { type, values: new Set(entries as number[]) };
    default:
      return null;
  }
}

function* addressesInParts(entries: readonly string[]): Generator<void, RuleListValues | null> {
  const parts: AddressList[] = [];
  try {
    for (let start = 0; start < entries.length; start += ADDRESSES_AT_ONCE) {
      parts.push(AddressList.parse(entries.slice(start, start + ADDRESSES_AT_ONCE)));
      yield;
    }
  } catch {
    return null;
  }
  const ips = AddressList.union(parts);
  yield;
  prepareAddresses(ips);
  return { type: 'ip', ips };
}
