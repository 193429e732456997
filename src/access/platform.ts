import { createMongoAbility } from '@casl/ability';
import { type Creator, PLATFORM, type Principal, type PrincipalRecord } from './principal.js';
import { ALL_SCOPES } from './scopes.js';

/** The command line acting in a hub: whoever can start it owns the database anyway, so no ceiling applies. */
export function platformPrincipal(hubId: string): Principal {
  const role = {
    id: PLATFORM.id,
    identifier: 'platform',
    live: true,
    rank: 10,
    root: true,
    capabilities: { all: true, specific: [] },
  };
  return {
    kind: 'platform',
    hubId,
    scopes: ALL_SCOPES,
    ability: createMongoAbility([{ action: 'manage', subject: 'all', conditions: { hubId } }]),
    expiresAt: null,
    address: null,
    domain: null,
    request: null,
    record: {
      hubId,
      hubName: '',
      hubLive: true,
      subjectType: PLATFORM.type,
      subjectId: PLATFORM.id,
      subjectName: 'platform',
      subjectLive: true,
      kv: 0,
      expiresAt: null,
      ips: null,
      scopes: ALL_SCOPES,
      credentialId: PLATFORM.id,
      credentialEndsAt: null,
      credentialLive: true,
      requiresDomain: false,
      lacksSecondFactor: false,
      role,
      group: null,
    },
  };
}

/** What somebody who is not here could do now: for what they began and another completes. */
export function standInFor(
  hubId: string,
  { id, type }: Creator,
  facts: Pick<PrincipalRecord, 'role' | 'ips' | 'expiresAt' | 'scopes'>,
): Principal {
  const platform = platformPrincipal(hubId);
  const record = { ...platform.record, subjectType: type, subjectId: id, ...facts };
  return { ...platform, kind: 'session', ability: createMongoAbility([]), scopes: facts.scopes, record };
}

export function creatorOf({ record }: Principal): Creator {
  return { id: record.subjectId, type: record.subjectType };
}
