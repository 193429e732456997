import { type Scope, SCOPES } from '../../src/access/index.js';
import { type Caller, type Side } from './callers.js';
import { dataGroupOf } from './data.js';
import { type DataRight } from './policy.js';

const BOTH: readonly DataRight[] = ['read', 'write'];

/** A token of the group whose alerts are asked about, and which may touch every variable. */
function ofGroup(name: string, scopes: readonly Scope[], side: Side = 'ours'): Caller {
  return {
    name,
    side,
    facts: { at: 'public', scopes, rights: [], alerts: BOTH, variables: BOTH },
    make: async (app, hub) => {
      const groupId = await dataGroupOf(app, hub);
      return app.create.token(await app.create.integrationKey(hub, { groupId, scopes }));
    },
  };
}

/** A token of another group with these rights on its own alerts and on every variable. */
function beside(name: string, rights: readonly DataRight[]): Caller {
  return {
    name,
    side: 'ours',
    facts: { at: 'public', scopes: SCOPES, rights: [], variables: rights },
    make: async (app, hub) => {
      const groupId = await app.create.group(hub, { lists: [], variables: [{ variable_id: '*', rights }] });
      return app.create.token(await app.create.integrationKey(hub, { groupId }));
    },
  };
}

/** Who may touch alerts and variables. */
export const DATA_CALLERS: readonly Caller[] = [
  ofGroup('a token of the group with alerts and variables', SCOPES),
  ofGroup('a token of that group that reads alerts', ['read:alerts']),
  ofGroup('a token of that group that writes alerts', ['write:alerts']),
  ofGroup('a token of that group that reads variables', ['read:lists']),
  ofGroup('a token of that group that writes variables', ['write:lists']),
  ofGroup('a token of such a group in the other hub', SCOPES, 'theirs'),
  beside('a token of a group that reads every variable', ['read']),
  beside('a token of a group that writes every variable', ['write']),
];
