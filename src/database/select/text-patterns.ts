/** A date that there is, from year 1 on, alone or with a time behind it. */
const DAY =
  '(?!0000)(?:[0-9]{4}-(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|[0-9]{4}-(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|' +
  '[0-9]{4}-02-(?:0[1-9]|1[0-9]|2[0-8])|' +
  '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)';
const TIME = '(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?';
const WHOLE = '[+-]?[0-9]{1,15}';
const DECIMAL = '[+-]?(?:[0-9]{1,100}(?:[.][0-9]{0,100})?|[.][0-9]{1,100})(?:[eE][+-]?[0-9]{1,2})?';

/** What texts may be read as, whole: the same in the regular expressions of this process and of the servers. */
export const TEXT_PATTERNS = { date: DAY + TIME, whole: WHOLE, decimal: DECIMAL } as const;
