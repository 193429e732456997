import { InvalidInputError } from '../common/errors/index.js';
import { type OperationNotes } from './notes.js';

const UNKNOWN_FILTER = new InvalidInputError(
  'Unknown filter "server". Allowed: search, state, user, component, component_type, events, verbosity, from, to.',
  { source: '/query/filter/server', extra: { unknown: 'server' } },
);
const BAD_TIME = new InvalidInputError(
  '"yesterday" is no moment for filter[from]. Expected: a date and time that exists, with its offset ' +
    '(a + written as %2B), e.g. 2030-01-01T00:00:00Z.',
  { source: '/query/filter/from' },
);
const BAD_PERIOD = new InvalidInputError('filter[to] must be later than filter[from].', {
  source: '/query/filter/to',
});

export const ACTIVITY_NOTES: Readonly<Record<string, OperationNotes>> = {
  getHubActivity: { errors: [UNKNOWN_FILTER, BAD_TIME, BAD_PERIOD] },
  exportHubActivity: {
    errors: [BAD_TIME, BAD_PERIOD],
    headers: { 'Content-Disposition': 'A file name for who saves it: `activity-<hub>.jsonl`.' },
  },
};
