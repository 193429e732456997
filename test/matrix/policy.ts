/** Where the thing that a request names stands, seen from the caller. */
export type Relation = 'own' | 'other hub' | 'never existed' | 'deleted';

export const RELATIONS: readonly Relation[] = ['own', 'other hub', 'never existed', 'deleted'];

/** What a request can name. `list-name`, `row` and `box-name` are the public door's way to say it; a `secret` is named with its key, a rule and a rule list with their domain. */
export type Thing =
  | 'member'
  | 'member-account'
  | 'invite'
  | 'api-key'
  | 'key-handle'
  | 'domain'
  | 'domain-rule'
  | 'rule-list'
  | 'secret'
  | 'role'
  | 'alert-subscription'
  | 'group'
  | 'list'
  | 'column'
  | 'list-name'
  | 'row'
  | 'alert'
  | 'variable'
  | 'variable-name'
  | 'box'
  | 'box-name'
  | 'job';

export type Right = 'read' | 'add' | 'change' | 'delete' | 'clear';
export type DataRight = 'read' | 'write';

/** Who may do it, in this file's own words: nothing here is read from the server's metadata. */
export type Need =
  | { readonly by: 'anybody' }
  | { readonly by: 'exchange' }
  | { readonly by: 'any key' }
  /** A member: a person in the hub. */
  | { readonly by: 'member' }
  /** A person, in whatever hub or none; also one who has yet to choose a password. */
  | { readonly by: 'person'; readonly early?: boolean }
  /** A box with its token: none of the callers here. */
  | { readonly by: 'box' }
  /** A key in its hub, or a person in none. */
  | { readonly by: 'key or person' }
  | { readonly by: 'any token' }
  | { readonly by: 'capability'; readonly capability: string }
  /** As above, of keys only: at the account door. */
  | { readonly by: 'key with'; readonly capability: string }
  /** For those without the capability it is not there. */
  | { readonly by: 'sight'; readonly capability: string }
  | { readonly by: 'scope'; readonly scope: string; readonly right: Right | null }
  /** A right on the alerts of one's own group, or on variables; null: the scope is enough. */
  | {
      readonly by: 'data';
      readonly scope: string;
      readonly on: 'alerts' | 'variables';
      readonly right: DataRight | null;
    };

/** What a caller's requests are made of: the world as seen from its hub. */
export interface View {
  readonly neverId: string;
  readonly rowsListName: string;
  readonly ownKeyId: string;
  readonly ownGroupId: string;
  /** A role of the least rank that can do nothing. */
  readonly lowRoleId: string;
  newName(): string;
  /** A key that every holder of `api-keys-manage` may make. */
  keyBody(): object;
}

export interface Sent {
  readonly url: string;
  readonly body?: object;
}

/** One thing that can be asked of one route. */
export interface Operation {
  readonly route: string;
  readonly need: Need;
  readonly names?: Thing;
  /** What is named is used up by a success. */
  readonly consumes?: boolean;
  readonly send: (target: string, view: View) => Sent;
  readonly success: number;
  /** Status and code when the thing named is not there for the caller; a plain success where it only filters. */
  readonly missing?: Expected;
}

export interface Expected {
  readonly status: number;
  readonly code?: string;
}

/** What the policy has to know about a caller. */
export interface Facts {
  readonly at: 'nowhere' | 'management' | 'public';
  /** Why the door is shut although the credential is good, or how the 401 is called. */
  readonly refusal?: Expected;
  /** Signed in: what routes outside of hubs answer, or 'well' when they let the caller in. */
  readonly person?: 'well' | Expected;
  readonly exchange?: Expected;
  readonly capabilities?: readonly string[] | 'all';
  readonly scopes?: readonly string[];
  readonly rights?: readonly Right[];
  readonly alerts?: readonly DataRight[];
  readonly variables?: readonly DataRight[];
}

export const UNKNOWN: Expected = { status: 401, code: '401.auth-invalid' };
const FORBIDDEN: Expected = { status: 403, code: '403.permissions' };
const NOT_FOR_KEYS: Expected = { status: 403, code: '403.not-allowed' };
const NO_MEMBER: Expected = { status: 404, code: '404.hub.membership' };
const NO_VARIABLE: Expected = { status: 404, code: '404.hub.variable' };
const NO_LIST: Expected = { status: 404, code: '404.hub.list' };

/** The whole policy: who may, and what the answer says when the thing is not theirs. */
export function expected({ need, success, missing }: Operation, facts: Facts, relation: Relation | null): Expected {
  switch (need.by) {
    case 'anybody':
      return { status: success };
    case 'box':
      return UNKNOWN;
    case 'exchange':
      return facts.exchange ?? UNKNOWN;
    case 'person':
      return outside(need, facts) ?? found(relation, success, missing);
    case 'key or person':
      return entering(facts) ?? { status: success };
    case 'any key':
    case 'member':
    case 'capability':
      return atDoor('management', facts) ?? managed(need, facts) ?? found(relation, success, missing);
    case 'key with':
      return keyed(facts) ?? managed(need, facts) ?? found(relation, success, missing);
    case 'sight':
      return entering(facts) ?? found(sees(need, facts) ? relation : 'never existed', success, missing);
    case 'any token':
    case 'scope':
      return atDoor('public', facts) ?? shared(need, facts, relation, missing) ?? found(relation, success, missing);
    case 'data':
      return atDoor('public', facts) ?? touched(need, facts, relation) ?? found(relation, success, missing);
  }
}

function atDoor(door: Facts['at'], { at, refusal }: Facts): Expected | null {
  if (at === door) {
    return refusal ?? null;
  }
  return at === 'nowhere' && refusal?.status === 401 && door === 'management' ? refusal : UNKNOWN;
}

/** Whoever the exchange does not know as a key is nobody, whatever else they may be. */
function keyed(facts: Facts): Expected | null {
  return facts.exchange === undefined ? UNKNOWN : atDoor('management', facts);
}

/** A key comes through its hub, a person through none. */
function entering(facts: Facts): Expected | null {
  return facts.person === undefined ? atDoor('management', facts) : welcome(facts);
}

function welcome({ person }: Facts): Expected | null {
  return person === undefined || person === 'well' ? null : person;
}

/** Routes outside of hubs are for people: a good key is told so, and everybody else reads as at the door. */
function outside({ early = false }: Need & { by: 'person' }, facts: Facts): Expected | null {
  if (facts.person === undefined) {
    return atDoor('management', facts) ?? NOT_FOR_KEYS;
  }
  return early ? null : welcome(facts);
}

function managed(need: Need, { capabilities = [], person }: Facts): Expected | null {
  if (need.by === 'member') {
    return person === undefined ? NO_MEMBER : null;
  }
  const asked = need.by === 'capability' || need.by === 'key with';
  const holds = !asked || capabilities === 'all' || capabilities.includes(need.capability);
  return holds ? null : FORBIDDEN;
}

/** Without the second factor that their hub demands, people see nothing of it. */
function sees({ capability }: Need & { by: 'sight' }, { capabilities = [], refusal }: Facts): boolean {
  if (refusal?.code === '403.2fa-required') {
    return false;
  }
  return capabilities === 'all' || capabilities.includes(capability);
}

/** A right counts when the group grants it and the scope lets it through. Without any, the list is not there. */
function shared(
  need: Need,
  { scopes = [], rights = [] }: Facts,
  relation: Relation | null,
  missing?: Expected,
): Expected | null {
  if (need.by !== 'scope') {
    return null;
  }
  if (!scopes.includes(need.scope)) {
    return FORBIDDEN;
  }
  const effective = rights.filter((right) => scopes.includes(right === 'read' ? 'read:lists' : 'write:lists'));
  const namesList = missing?.code === NO_LIST.code;
  if (need.right === null || (namesList && relation !== 'own')) {
    return null;
  }
  if (effective.length === 0) {
    return NO_LIST;
  }
  return effective.includes(need.right) ? null : FORBIDDEN;
}

/** One's own alerts are always there; a variable is there for whoever has any right on it that the scopes let through. */
function touched(
  { scope, on, right }: Need & { by: 'data' },
  { scopes = [], ...rights }: Facts,
  relation: Relation | null,
): Expected | null {
  if (!scopes.includes(scope)) {
    return FORBIDDEN;
  }
  const area = on === 'alerts' ? 'alerts' : 'lists';
  const effective = (rights[on] ?? []).filter((one) => scopes.includes(`${one}:${area}`));
  if (right === null || (on === 'variables' && relation !== 'own')) {
    return null;
  }
  if (on === 'variables' && effective.length === 0) {
    return NO_VARIABLE;
  }
  return effective.includes(right) ? null : FORBIDDEN;
}

function found(relation: Relation | null, success: number, missing: Expected | undefined): Expected {
  return relation !== null && relation !== 'own' && missing ? missing : { status: success };
}
