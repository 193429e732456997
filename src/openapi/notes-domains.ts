import { LockOutError } from '../access/index.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../common/errors/index.js';
import { type OperationNotes } from './notes.js';

const UUID = '6f2b1c1e-8f0e-4c55-9d7a-2f1f0b8f7a10';
const FILTER = 'http.request.uri.path matches "^/private/"';
const DENY = { firewall: [{ type: 'firewall', action: 'deny', reason: 'private' }] };

const NOT_A_HOST = new InvalidInputError(
  'name is a host name such as shop.example.com: labels of letters, digits and hyphens, with at least one dot; ' +
    'without scheme, port, path, wildcard or percent-encoding, and no address.',
  { source: '/name' },
);
const CLAIMED = new ConflictError('The hub has claimed shop.example.com already.', { source: '/name' });
const TOO_MANY_DOMAINS = new ConflictError(
  'A hub has at most 100 domains. Delete one that is not needed any more.',
  { extra: { maximum: 100 } },
  '409.too-many-domains',
);
const NO_PHASE = new NotFoundError('hub.domain.phase', 'There is no such phase of rules.', {
  detail: 'The phases are request_rewrite, url_config, firewall, and so on.',
});
const NO_RULE = new NotFoundError('hub.domain.rule', 'There is no such rule in this phase of the domain.');
const NO_LIST = new NotFoundError('hub.domain.rule-list', 'There is no such rule list in this domain.');
const BAD_FILTER = new InvalidInputError(
  'filter_str, line 1, column 11: There is no list $office. Create it first, or write the values in braces.',
  {
    source: '/filter_str/10',
    problems: [
      {
        loc: ['body', 'filter_str', 10],
        msg: 'There is no list $office. Create it first, or write the values in braces.',
        type: 'filter_error',
      },
    ],
  },
);
const LOCKS_OUT = new LockOutError(
  `The rule "Block private paths" (${UUID}) would deny your own requests at shop.example.com.`,
);
const GIVES_UP = new LockOutError(
  'It would shut out the very key that asks: the host of this request is no approved domain of the hub.',
);
const TOO_MANY_RULES = new ConflictError(
  'A domain has at most 1000 rules. Delete some, or put their values into one list.',
  { extra: { maximum: 1000 } },
  '409.too-many-rules',
);
const TOO_MANY_PATTERNS = new ConflictError(
  'The rules of a domain have at most 100 patterns (matches) all together, and the others have 100.',
  { source: '/filter_str', extra: { maximum: 100 } },
  '409.too-many-patterns',
);
const FILTERS_TOO_LONG = new ConflictError(
  'The filters of a hub have at most 1000000 bytes all together, and the others have 999990. ' +
    'Put values into a list, which rules name as $name, or delete rules.',
  { source: '/filter_str', extra: { maximum: 1_000_000 } },
  '409.filters-too-long',
);
const WRONG_ORDER = new InvalidInputError(`order names every rule of the phase once; missing: ${UUID}.`, {
  source: '/order',
});
const LIST_NAME_TAKEN = new ConflictError('The domain has a rule list named "office" already.', { source: '/name' });
const LIST_IN_USE = new ConflictError(
  `$office is named by rules, so it is neither deleted nor given another name or type: "Office only" (${UUID}).`,
  {},
  '409.in-use',
);
const TOO_MANY_LISTS = new ConflictError(
  'A domain has at most 100 rule lists. Delete one that no rule names.',
  {},
  '409.too-many-rule-lists',
);
const TOO_MANY_ENTRIES = new ConflictError(
  'The rule lists of a hub have at most 100000 entries all together. Name wider networks, or delete a list.',
  {},
  '409.too-many-entries',
);
const ENTRIES_TOO_LONG = new ConflictError(
  'The entries of the rule lists of a hub have at most 4000000 bytes all together, with a quotation mark on each side ' +
    'and a comma between. Shorten some, or delete a list.',
  {},
  '409.entries-too-long',
);
const LIST_BODIES = [
  { summary: 'Addresses', value: { name: 'office', type: 'ip', ips: ['192.0.2.0/24', '2001:db8::/48'] } },
  { summary: 'Texts', value: { name: 'tools', type: 'string', strs: ['curl', 'wget'] } },
  { summary: 'Whole numbers', value: { name: 'versions', type: 'int', ints: [1, 2] } },
];

/** What no decorator says about domains and their rules. */
export const DOMAIN_NOTES: Readonly<Record<string, OperationNotes>> = {
  claimDomain: {
    bodies: [{ summary: 'A host name', value: { name: 'shop.example.com' } }],
    errors: [NOT_A_HOST, CLAIMED, TOO_MANY_DOMAINS],
  },
  deleteDomain: { errors: [GIVES_UP] },
  getPhaseRules: { errors: [NO_PHASE] },
  addRule: {
    bodies: [
      {
        summary: 'Deny a part of the site',
        value: { phase: 'firewall', name: 'Block private paths', filter_str: FILTER, actions: DENY },
      },
    ],
    errors: [BAD_FILTER, NO_PHASE, LOCKS_OUT, TOO_MANY_RULES, TOO_MANY_PATTERNS, FILTERS_TOO_LONG],
  },
  getRule: { errors: [NO_PHASE, NO_RULE] },
  updateRule: {
    bodies: [
      { summary: 'Switched off', value: { enabled: false } },
      { summary: 'Another filter', value: { filter_str: 'http.request.uri.path eq "/private"' } },
    ],
    errors: [BAD_FILTER, NO_PHASE, NO_RULE, LOCKS_OUT, TOO_MANY_PATTERNS, FILTERS_TOO_LONG],
  },
  deleteRule: { errors: [NO_PHASE, NO_RULE, LOCKS_OUT] },
  reorderRules: {
    bodies: [{ summary: 'Put in the uuids of all rules', value: { order: [UUID] } }],
    errors: [NO_PHASE, WRONG_ORDER, LOCKS_OUT],
  },
  addRuleList: { bodies: LIST_BODIES, errors: [LIST_NAME_TAKEN, TOO_MANY_LISTS, TOO_MANY_ENTRIES, ENTRIES_TOO_LONG] },
  getRuleList: { errors: [NO_LIST] },
  replaceRuleList: {
    bodies: LIST_BODIES,
    errors: [NO_LIST, LIST_NAME_TAKEN, LIST_IN_USE, LOCKS_OUT, TOO_MANY_ENTRIES, ENTRIES_TOO_LONG],
  },
  deleteRuleList: { errors: [NO_LIST, LIST_IN_USE] },
};
