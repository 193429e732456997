import { type Operation } from './policy.js';

const LIST = '/public-api/v1/lists/list';

/** A list that may not be read is 422 there, at its place, like one that never was: test/sql asks about that. */
export const SQL: readonly Operation[] = [
  {
    route: `POST ${LIST}`,
    need: { by: 'scope', scope: 'read:lists', right: null },
    send: () => ({ url: LIST, body: { sql: 'select 1' } }),
    success: 422,
  },
];
