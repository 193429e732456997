import { InvalidInputError } from '../../common/errors/index.js';
import { isPlainText } from '../../common/http/validation.js';
import { isObject } from '../../common/is-object.js';

export const FIREWALL_ACTIONS = ['allow', 'deny', 'challenge', 'log'] as const;
export type FirewallVerb = (typeof FIREWALL_ACTIONS)[number];
export const REASON_LENGTH_MAX = 200;

export interface FirewallAction {
  readonly type: 'firewall';
  readonly action: FirewallVerb;
  readonly reason: string | null;
}

/** What a rule does, as the account contract has it: a list for each type of action. Here it is exactly one. */
export interface RuleActions {
  readonly firewall: readonly [FirewallAction];
}

/** Null is the same as absent, at every place: clients send back what they have read. @throws InvalidInputError */
export function readActions(value: unknown): RuleActions {
  const { firewall, ...others } = given(value, '/actions');
  const other = Object.keys(others)[0];
  if (other !== undefined) {
    throw refusal('only actions of the type "firewall" are done on this server', `/actions/${pointerToken(other)}`);
  }
  if (!Array.isArray(firewall) || firewall.length !== 1) {
    throw refusal('firewall is a list of exactly one action', '/actions/firewall');
  }
  return { firewall: [readAction(firewall[0], '/actions/firewall/0')] };
}

function readAction(value: unknown, source: string): FirewallAction {
  const { type, action, reason = null, ...others } = given(value, source);
  const other = Object.keys(others)[0];
  if (other !== undefined) {
    throw refusal('an action has type, action and reason', `${source}/${pointerToken(other)}`);
  }
  if (type !== 'firewall') {
    throw refusal('type is "firewall"', `${source}/type`);
  }
  const verb = FIREWALL_ACTIONS.find((one) => one === action);
  if (verb === undefined) {
    throw refusal(`action is one of ${FIREWALL_ACTIONS.join(', ')}`, `${source}/action`);
  }
  if (reason !== null && !(typeof reason === 'string' && isPlainText(reason, REASON_LENGTH_MAX))) {
    throw refusal(`reason is null or text of 1 to ${REASON_LENGTH_MAX} characters`, `${source}/reason`);
  }
  return { type, action: verb, reason };
}

/** The properties that are not null. */
function given(value: unknown, source: string): Record<string, unknown> {
  if (!isObject(value)) {
    throw refusal('this is an object', source);
  }
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
}

function refusal(rule: string, source: string): InvalidInputError {
  return new InvalidInputError(`${source.slice(1).replaceAll('/', '.')}: ${rule}.`, { source });
}

const TOKEN_LENGTH_MAX = 64;

/** RFC 6901 §3. */
function pointerToken(property: string): string {
  return property.slice(0, TOKEN_LENGTH_MAX).replaceAll('~', '~0').replaceAll('/', '~1');
}
