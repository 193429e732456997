import { ConflictError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';
import { type FilterError } from './filter/index.js';

/** Never was, was deleted, is of another domain or phase: all read the same. */
export class RuleNotFoundError extends NotFoundError {
  constructor() {
    super('hub.domain.rule', 'There is no such rule in this phase of the domain.');
  }
}

export class RuleListNotFoundError extends NotFoundError {
  constructor() {
    super('hub.domain.rule-list', 'There is no such rule list in this domain.');
  }
}

export class PhaseNotFoundError extends NotFoundError {
  constructor(phases: readonly string[]) {
    super('hub.domain.phase', 'There is no such phase of rules.', { detail: `The phases are ${phases.join(', ')}.` });
  }
}

/** Rules that did nothing would be a promise that is not kept. */
export class IdlePhaseError extends InvalidInputError {
  constructor(acting: string) {
    super(`Only the phase ${acting} acts on this server, so rules of other phases are not kept.`, { source: '/phase' });
  }
}

export class OtherPhaseError extends InvalidInputError {
  constructor(phase: string) {
    super(`phase is "${phase}", as in the path, or is left out.`, { source: '/phase' });
  }
}

/** Points at the character of the filter that is wrong. */
export class FilterRefusedError extends InvalidInputError {
  constructor({ message, offset, length, line, column }: FilterError) {
    super(`filter_str, line ${line}, column ${column}: ${message}`, {
      source: `/filter_str/${offset}`,
      problems: [{ loc: ['body', 'filter_str', offset], msg: message, type: 'filter_error' }],
      extra: { offset, length, line, column },
    });
  }
}

export class TooManyRulesError extends ConflictError {
  constructor(of: 'domain' | 'hub', maximum: number) {
    super(
      `A ${of} has at most ${maximum} rules. Delete some, or put their values into one list.`,
      { extra: { maximum } },
      '409.too-many-rules',
    );
  }
}

export class FiltersTooLongError extends ConflictError {
  constructor(maximum: number, others: number) {
    super(
      `The filters of a hub have at most ${maximum} bytes all together, and the others have ${others}. ` +
        'Put values into a list, which rules name as $name, or delete rules.',
      { source: '/filter_str', extra: { maximum } },
      '409.filters-too-long',
    );
  }
}

export class TooManyPatternsError extends ConflictError {
  constructor(maximum: number, others: number) {
    super(
      `The rules of a domain have at most ${maximum} patterns (matches) all together, and the others have ${others}. ` +
        'Join some by |, or use ==, in, contains or starts_with(), which are not bounded.',
      { source: '/filter_str', extra: { maximum } },
      '409.too-many-patterns',
    );
  }
}

/** What a new order must be: every rule of the phase, once. */
export class OrderError extends InvalidInputError {
  constructor(missing: readonly string[], unknown: readonly string[], twice: readonly string[]) {
    const faults = [
      ...(missing.length > 0 ? [`missing: ${named(missing)}`] : []),
      ...(unknown.length > 0 ? [`not of this phase: ${named(unknown)}`] : []),
      ...(twice.length > 0 ? [`named twice: ${named(twice)}`] : []),
    ];
    super(`order names every rule of the phase once; ${faults.join('; ')}.`, {
      source: '/order',
      extra: { missing, unknown, twice },
    });
  }
}

export class RuleListNameTakenError extends ConflictError {
  constructor(name: string) {
    super(`The domain has a rule list named "${name}" already.`, { source: '/name' });
  }
}

export class TooManyRuleListsError extends ConflictError {
  constructor(maximum: number) {
    super(
      `A domain has at most ${maximum} rule lists. Delete one that no rule names.`,
      { extra: { maximum } },
      '409.too-many-rule-lists',
    );
  }
}

export class TooManyEntriesError extends ConflictError {
  constructor(maximum: number) {
    super(
      `The rule lists of a hub have at most ${maximum} entries all together. Name wider networks, or delete a list.`,
      { extra: { maximum } },
      '409.too-many-entries',
    );
  }
}

export class EntriesTooLongError extends ConflictError {
  constructor(maximum: number) {
    super(
      `The entries of the rule lists of a hub have at most ${maximum} bytes all together, with a quotation mark on each ` +
        'side and a comma between. Shorten some, or delete a list.',
      { extra: { maximum } },
      '409.entries-too-long',
    );
  }
}

/** Without the list, under another name or of another type, these rules could not be read. */
export class RuleListInUseError extends ConflictError {
  constructor(name: string, rules: readonly { readonly id: string; readonly name: string }[]) {
    const texts = rules.map((rule) => `"${rule.name}" (${rule.id})`);
    super(
      `$${name} is named by rules, so it is neither deleted nor given another name or type: ${named(texts)}.`,
      { extra: { rules: rules.map(({ id }) => id) } },
      '409.in-use',
    );
  }
}

const NAMED_MAX = 10;

function named(names: readonly string[]): string {
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : '';
  return names.slice(0, NAMED_MAX).join(', ') + more;
}
