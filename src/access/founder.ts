import { type Caller, isAccount } from './current-principal.decorator.js';
import { creatorOf, platformPrincipal } from './platform.js';
import { type Creator, type Principal, type PrincipalRecord } from './principal.js';

/** The caller as the maker of what they are about to make. */
export function makerOf(caller: Caller): Creator {
  return isAccount(caller) ? { id: caller.session.accountId, type: 'account' } : creatorOf(caller);
}

/**
 * Who makes a hub, as its root, before they hold anything in it; the hub's audit tells them and their request. What
 * confines a key, its addresses and its end, confines what it makes there, too.
 */
export function founderOf(hubId: string, founder: Caller): Principal {
  const platform = platformPrincipal(hubId);
  const { address, request } = founder;
  return { ...platform, address, request, record: { ...platform.record, ...factsOf(founder) } };
}

function factsOf(founder: Caller): Partial<PrincipalRecord> {
  if (isAccount(founder)) {
    const { accountId, email, sessionId } = founder.session;
    return { subjectType: 'account', subjectId: accountId, subjectName: email, credentialId: sessionId };
  }
  const { subjectType, subjectId, subjectName, credentialId, ips, expiresAt, credentialEndsAt } = founder.record;
  return { subjectType, subjectId, subjectName, credentialId, ips, expiresAt, credentialEndsAt };
}
